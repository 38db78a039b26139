import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ListAnswer } from '../../src/protocol/answers/ports.ts';
import { journalAt, type Journal } from '../support/journal.ts';
import { childrenOf, statOf, waitFor } from '../support/processes.ts';
import { identityOf, lives, processesWith } from './machine.ts';
import { createRandom, type Random } from './random.ts';
import { KINDS, WAYS, type Doomed, type Programs, type Terminal } from './ways-to-end.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

export interface EndingsOptions extends WorldOptions {
  readonly seed: number;
  readonly endings: number;
  /** Instead of cells at random, each way with each kind of tree, so often. */
  readonly each?: number | undefined;
  tell(line: string): void;
}

interface EndingsResult {
  readonly seed: number;
  readonly endings: number;
  /** By way and by kind of tree. */
  readonly counts: Record<string, number>;
  readonly violations: readonly string[];
}

const AT_ONCE = 6;
const GRACE_MS = 1500;
/** Until nothing may be left. ms */
const PATIENCE_MS = 30_000;
const LATEST_MOMENT_MS = 900;
const ENDING = new Set(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM']);
const STRIDE = 7919;

/** Ends runs at random moments, in random ways, with random trees: nothing is left, and nobody else is hurt. */
export async function runEndings(options: EndingsOptions): Promise<EndingsResult> {
  const world = await createWorld(options);
  const total = options.each === undefined ? options.endings : options.each * CELLS.length;
  world.configure({ end_grace_ms: GRACE_MS });
  await world.cli('daemon', 'start');
  const violations: string[] = [];
  const counts: Record<string, number> = {};
  let [next, done] = [0, 0];

  async function takeTurns(): Promise<void> {
    while (next < total) {
      const number = (next += 1);
      const ending = draw(createRandom(options.seed + number * STRIDE), number, options.each !== undefined);
      for (const key of [ending.way, ending.kind]) counts[key] = (counts[key] ?? 0) + 1;
      const faults = await endOne(options, world, ending).catch((error: unknown) => [String(error)]);
      const place = `ending ${number} (${ending.kind}, ${ending.way}, ${ending.afterMs ?? 'ready'})`;
      for (const fault of faults) {
        violations.push(`${place}: ${fault}`);
        options.tell(`fault: ${violations.at(-1)}`);
      }
      if ((done += 1) % 50 === 0) options.tell(`${done} endings, ${violations.length} violations`);
    }
  }

  try {
    await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
    const noLease = async () => (await leases(world)).length === 0;
    await waitFor(noLease, 10_000, 'the last lease to end').catch((error) => violations.push(String(error)));
  } finally {
    await world.close();
  }
  return { seed: options.seed, endings: total, counts, violations };
}

/** The daemon may close an old connection in the moment in which it is used. */
async function leases({ api }: World): Promise<ListAnswer['allocations']> {
  return (await api.list().catch(() => api.list())).allocations;
}

interface Ending {
  readonly id: string;
  readonly kind: string;
  readonly way: string;
  /** After the start; undefined: once the server is there. */
  readonly afterMs: number | undefined;
}

const CELLS = Object.keys(WAYS).flatMap((way) => Object.keys(KINDS).map((kind) => ({ way, kind })));

/** @param isInTurn one cell after the other; the moment is drawn all the same */
function draw(random: Random, number: number, isInTurn: boolean): Ending {
  const cell = isInTurn ? CELLS[(number - 1) % CELLS.length] : random.pick(CELLS);
  const { way, kind } = cell ?? { way: 'SIGTERM', kind: 'plain' };
  const isReady = random.chance(0.5) && kind !== 'in a handler';
  return { id: `ending-${number}`, kind, way, afterMs: isReady ? undefined : random.whole(LATEST_MOMENT_MS) };
}

async function endOne(options: EndingsOptions, world: World, ending: Ending): Promise<string[]> {
  const bystander = spawn('sleep', ['100'], { stdio: 'ignore', env: { PATH: world.env['PATH'] } });
  const other = identityOf(bystander.pid ?? 0);
  const journal = journalAt(join(world.place, `${ending.id}.journal`));
  const doomed = startOne(options, world, ending, journal);
  const wrapper = identityOf(doomed.pid);
  if (ending.afterMs === undefined) {
    const { pid } = await journal.until('ready');
    if (ending.kind === 'stopped') await stopServer(pid);
    // The witness, by which a signal to the group is known.
    if (WAYS[ending.way]!.mayTellTwice === 'early') await waitFor(() => childrenOf(doomed.pid).length > 1);
  } else await sleep(ending.afterMs);
  // A key reaches nobody before the terminal has a program.
  if (doomed.terminal) await waitFor(() => statOf(doomed.pid)?.foregroundGroup === doomed.pid);
  await WAYS[ending.way]!.end(doomed, world);

  const left = () =>
    processesWith(`CHAOS_RUN=${ending.id}`).filter(({ command }) => !/ daemon run/.test(command));
  const faults: string[] = [];
  const isGone = () => left().length === 0 && !(wrapper && lives(wrapper));
  await waitFor(isGone, PATIENCE_MS, () => JSON.stringify(left())).catch((error: unknown) => {
    faults.push(String(error));
    for (const { pid } of left()) process.kill(pid, 'SIGKILL');
  });
  const isReleased = async () => (await leases(world)).every(({ holder }) => holder.pid !== doomed.pid);
  await waitFor(isReleased, 5000, 'the lease to end').catch((error: unknown) => faults.push(String(error)));
  if (!other || !lives(other)) faults.push('a bystander was ended');
  bystander.kill('SIGKILL');
  return [...faults, ...toldOf(ending, journal)];
}

function startOne(
  options: EndingsOptions,
  world: World,
  { id, kind, way }: Ending,
  journal: Journal,
): Doomed {
  const programs: Programs = {
    recorder: join(options.root, 'tests/support/programs/recorder.mjs'),
    runner: join(options.root, 'tests/support/programs/workspace-runner.mjs'),
  };
  const manner = kind === 'ignoring' ? 'never' : 'any';
  const server = `${process.execPath} ${programs.recorder} ${journal.file} ${manner}`;
  const cwd = join(world.place, id);
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ scripts: { dev: `${server}; exit $?` } }));
  const command = ['run', '--name', id, '--', ...KINDS[kind]!(server, programs)];
  const words = [join(options.root, 'bin/styxy.js'), ...command];
  const env = { ...world.env, CHAOS_RUN: id };
  if (WAYS[way]!.where === 'pipe') {
    const child = spawn(process.execPath, words, { cwd, env, stdio: 'ignore', detached: true });
    return { pid: child.pid ?? -1, child, terminal: undefined };
  }
  // This file is bundled, and the library is not.
  const { spawn: open } = createRequire(join(options.root, 'package.json'))('@lydell/node-pty') as {
    spawn(file: string, args: string[], where: object): Terminal;
  };
  const shell = ['-c', 'ulimit -c 0; exec "$@"', 'sh', process.execPath, ...words];
  const terminal = open('/bin/sh', shell, { cwd, env: { ...env, TERM: 'dumb' } });
  terminal.onData(() => undefined);
  return { pid: terminal.pid, child: undefined, terminal };
}

async function stopServer(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await waitFor(() => statOf(pid)?.state === 'T', 15_000, 'the server to be stopped');
}

/** Who obeys is told once; one that is told while it starts dies of it and writes nothing. */
function toldOf({ kind, way, afterMs }: Ending, journal: Journal): string[] {
  const told = journal.entries().filter(({ event }) => ENDING.has(event));
  if (kind === 'ignoring') return afterMs === undefined && told.length === 0 ? ['it was not asked'] : [];
  const { mayTellTwice } = WAYS[way]!;
  const isTwice = mayTellTwice === 'always' || (mayTellTwice === 'early' && afterMs !== undefined);
  const most = isTwice ? 2 : 1;
  const least = afterMs === undefined ? 1 : 0;
  if (told.length >= least && told.length <= most) return [];
  return [
    `it was told ${told.length} times: ${journal
      .entries()
      .map(({ event }) => event)
      .join(' ')}`,
  ];
}
