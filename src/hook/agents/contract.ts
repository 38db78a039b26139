/** What an agent tells its hook, whatever the agent calls it. */
export interface HookEvent {
  kind: 'command' | 'session-start' | 'session-end' | 'worktree-removed';
  /** The folder that the agent works in; empty when it does not say. */
  cwd: string;
  sessionId: string | undefined;
  /** The shell's line, with `kind: 'command'`. */
  command: string;
  /** All that the tool was called with. */
  input: Readonly<Record<string, unknown>>;
  /** The folder that is gone, with `kind: 'worktree-removed'`. */
  folder?: string | undefined;
  /** With `kind: 'session-end'`: the agent itself goes on, under another session id. */
  goesOn?: boolean;
}

/** What is answered before a command runs. */
export type Decision =
  | { kind: 'silent' }
  | { kind: 'deny'; reason: string }
  | {
      kind: 'rewrite';
      command: string;
      /** What the agent should know about it. */
      context: string;
      /** The user's own rules allow each part of the original. */
      isAllowed: boolean;
    };

/** How one agent talks to its hooks. Everything it says is untrusted: what is not understood is no event. */
export interface AgentContract {
  /** As in `styxy hook <agent>`. */
  readonly name: string;
  /** What the ids of its instances begin with. */
  readonly prefix: string;
  /** Its commands run in a login shell, whose PATH is not the one of its hooks. */
  readonly usesLoginShell?: boolean;
  /** It wants an answer also when there is nothing to say. */
  readonly silence?: Readonly<Record<string, unknown>>;
  read(said: Readonly<Record<string, unknown>>): HookEvent | undefined;
  answer(decision: Exclude<Decision, { kind: 'silent' }>, event: HookEvent): Record<string, unknown>;
  /** What a session is told as it begins. */
  welcome(text: string): Record<string, unknown>;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
