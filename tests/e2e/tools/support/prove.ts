import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Allocation } from '../../../../src/protocol/answers/allocation.ts';
import { BIN, type StyxyHome } from '../../../support/home.ts';
import { startOutsider } from '../../../support/outsider.ts';
import { isAlive, waitFor } from '../../../support/processes.ts';
import { answerOf } from './answer.ts';
import { portsOf, treeOf } from './process-tree.ts';
import { type Installed, writeFiles } from './scratch.ts';
import { inTerminal, type Session, withoutTerminal } from './session.ts';
import { ANY, type ToolCase } from './tool-case.ts';

const FIRST_EPHEMERAL = 32_768;

/** How the tool is started. */
export type Way = 'direct' | 'default taken' | 'script, its port taken';

const START_MS = 120_000;

/** One start of a tool under `styxy run`, from the first word to what Ctrl-C leaves: nothing. */
export async function prove(
  tool: ToolCase,
  way: Way,
  home: StyxyHome,
  { folder, PATH }: Installed,
): Promise<void> {
  const { last } = home.ports;
  const files = writeFiles(folder, tool, last);
  const taken = way === 'direct' ? undefined : way === 'default taken' ? tool.default : last;
  // Where somebody else has it already, it is taken as well.
  const outsider = taken === undefined ? undefined : await startOutsider(taken, '::').catch(() => undefined);
  const words = way === 'script, its port taken' ? ['npm', 'run', 'fixed'] : tool.command.split(' ');
  const start = way === 'default taken' ? withoutTerminal : inTerminal;
  const env = { ...home.env, ...tool.env, PATH };
  const session = start([process.execPath, BIN, 'run', '--', ...words], { cwd: folder, env });
  try {
    const lease = await leaseOf(home, session, folder);
    const answers = async (): Promise<unknown> => session.ended() || answerOf(tool, lease.port);
    await waitFor(answers, START_MS, () => story(`an answer on port ${lease.port}`, session));
    expect(session.ended(), story('it ended', session)).toBe(false);
    expect(lease.port).not.toBe(taken);
    expect(strayPorts(tool, lease, home, session)).toEqual([]);
    expect(filesIn(folder, files)).toEqual(files);
    const pids = treePids(home, session);
    session.interrupt();
    await waitFor(
      () => session.ended(),
      30_000,
      () => story('its end after Ctrl-C', session),
    );
    const left = (): number[] => [...new Set([...pids, ...treePids(home, session)])].filter(isAlive);
    await waitFor(
      () => left().length === 0,
      10_000,
      () => `${left().join(', ')} to end with Ctrl-C`,
    );
  } finally {
    session.kill();
    await outsider?.end();
  }
}

/** Some open another port before their own; what stays there has drifted. */
const MOST_DRIFTED = 250;

function leaseOf(home: StyxyHome, session: Session, folder: string): Promise<Allocation> {
  let drifted = 0;
  const find = async (): Promise<Allocation | undefined> => {
    if (session.ended()) throw new Error(story('it ended before it listened', session));
    const { allocations } = await home.api.list().catch(() => ({ allocations: [] as Allocation[] }));
    const own = allocations.filter(({ project_path: path }) => path === folder);
    drifted = own.some(({ state }) => state === 'drifted') ? drifted + 1 : 0;
    if (drifted === MOST_DRIFTED) throw new Error(story('it has drifted', session));
    return own.find(({ state }) => state === 'bound');
  };
  return waitFor(find, START_MS, () => story('a server on its lease', session));
}

/** Ports of the tree that are neither its lease nor known to be further ones of this tool. */
function strayPorts(tool: ToolCase, lease: Allocation, home: StyxyHome, session: Session): number[] {
  const { others = [] } = tool;
  const isKnown = (port: number): boolean =>
    others.includes(port) || (others.includes(ANY) && port >= FIRST_EPHEMERAL);
  return portsOf(treePids(home, session)).filter((port) => port !== lease.port && !isKnown(port));
}

/** Below the command, or with its home in the environment; without the daemon. */
function treePids(home: StyxyHome, session: Session): number[] {
  const daemons = home.daemons();
  const marked = home.processes().map(({ pid }) => pid);
  return [...new Set([...treeOf(session.pid), ...marked])].filter((pid) => !daemons.includes(pid));
}

const filesIn = (folder: string, files: object): object =>
  Object.fromEntries(Object.keys(files).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

const story = (what: string, session: Session): string => `${what}; it wrote: ${session.said().slice(-3000)}`;
