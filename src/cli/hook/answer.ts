import { fstatSync, readFileSync } from 'node:fs';
import { agentNamed } from '../../hook/agents/table.ts';
import { type AgentContract, type HookEvent, recordOf } from '../../hook/agents/contract.ts';
import { writeAll } from '../print/write-all.ts';
import { beforeCommand } from './before-command.ts';

export function isAgent(name: string): boolean {
  return agentNamed(name) !== undefined;
}

/** Reads an agent's event from stdin and prints the answer. Never fails: a non-zero exit code would block the agent's command. */
export async function printAnswer(name: string, env: NodeJS.ProcessEnv): Promise<0> {
  if (isTyped()) {
    writeAll(
      2,
      `styxy: an agent runs this and writes its event to stdin; styxy hook install --agent ${name}\n`,
    );
    return 0;
  }
  const answer = await answerHook(name, env);
  if (answer !== '') writeAll(1, answer);
  return 0;
}

/** A person at a terminal would wait for an answer to nothing. */
function isTyped(): boolean {
  try {
    return fstatSync(0).isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(0);
  } catch {
    return false;
  }
}

/** Whatever goes wrong, the agent's command must run as if there were no Styxy: there is then nothing to say. */
async function answerHook(name: string, env: NodeJS.ProcessEnv): Promise<string> {
  const agent = agentNamed(name);
  if (agent === undefined) return '';
  const silence = agent.silence === undefined ? '' : JSON.stringify(agent.silence);
  try {
    const event = agent.read(recordOf(JSON.parse(readFileSync(0, 'utf8'))) ?? {});
    const answer = event && (await answerEvent(agent, event, env));
    return answer === undefined ? silence : JSON.stringify(answer);
  } catch {
    return silence;
  }
}

async function answerEvent(
  agent: AgentContract,
  event: HookEvent,
  env: NodeJS.ProcessEnv,
): Promise<Record<string, unknown> | undefined> {
  if (event.kind !== 'command') {
    const session = await import('./session.ts');
    if (event.kind === 'session-start') return session.sessionStarted(agent, event, env);
    if (event.kind === 'session-end') await session.sessionEnded(agent, event, env);
    else await session.worktreeRemoved(event, env);
    return undefined;
  }
  const decision = await beforeCommand(agent, event, env);
  return decision.kind === 'silent' ? undefined : agent.answer(decision, event);
}
