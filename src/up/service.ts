import { parseDuration } from '../base/duration.ts';
import type { RunPlan } from '../run/plan/plan.ts';
import type { ReadyConfig } from '../settings/ready-schema.ts';

/** When a service is taken for ready. */
export type ReadyRule =
  | { when: 'listens' }
  /** For a program that listens on no port. */
  | { when: 'runs' }
  | { when: 'answers'; path: string }
  | { when: 'prints'; text: string };

/** One service that `styxy up` starts. */
export interface UpService {
  name: string;
  /** The names of those that have to be ready before. */
  needs: readonly string[];
  ready: ReadyRule;
  /** How long it may take to get ready. */
  timeoutMs: number;
  /** It is started again when it fails. */
  restarts: boolean;
  /** `styxy run` with these words in this folder starts it alone. */
  words: readonly string[];
  /** What stands behind `--`. */
  command?: string[] | undefined;
  /** What stands behind `--name`. */
  givenName?: string | undefined;
  cwd: string;
  plan: RunPlan;
  /** For people: why it is started. */
  because: string;
  /** What else it may be called by: its package, its folder. */
  aliases?: readonly string[] | undefined;
}

/** A service or package that is not started. */
export interface LeftOut {
  name: string;
  why: string;
  /** What makes it start. */
  remedy: string;
}

const TIMEOUT_MS = 60_000;

/** @param wishMs for services that say nothing themselves */
export function readiness(
  { port, http, output, timeout }: ReadyConfig = {},
  wishMs = TIMEOUT_MS,
): Pick<UpService, 'ready' | 'timeoutMs'> {
  const timeoutMs = timeout === undefined ? wishMs : parseDuration(timeout);
  if (http !== undefined) return { ready: { when: 'answers', path: http }, timeoutMs };
  if (output !== undefined) return { ready: { when: 'prints', text: output }, timeoutMs };
  return { ready: { when: port === false ? 'runs' : 'listens' }, timeoutMs };
}
