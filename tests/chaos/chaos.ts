import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../support/processes.ts';
import { createCast, leaveAsOutsider, type Cast } from './actors.ts';
import { createChecker } from './checker.ts';
import { lives } from './machine.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { createRandom, type Random } from './random.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

export interface ChaosOptions extends WorldOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** It goes on until there were so many operations, however slow the machine is. */
  readonly leastOperations: number;
  tell(line: string): void;
}

export interface ChaosResult {
  readonly seed: number;
  readonly operations: Record<string, number>;
  readonly total: number;
  readonly kills: number;
  readonly violations: readonly string[];
}

const MOST_AT_ONCE = 6;
const PATIENCE_MS = 45_000;
const LAST_LINES = 40;
/** Between the seeds of two steps; any odd number does. */
const STRIDE = 7919;

/** Lets everything happen at once, round after round, and looks after each round whether what Styxy says is true. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { seed, tell } = options;
  const world = await createWorld(options);
  const cast = createCast();
  const checker = createChecker(world, cast);
  const operations: Record<string, number> = {};
  const violations: string[] = [];
  const story: string[] = [];
  let [total, kills, drawn, serial] = [0, 0, 0, 0];

  /** Each step has chance of its own, so that what one step finds to do does not change what comes after it. */
  const nextRandom = (): Random => createRandom(seed + (drawn += 1) * STRIDE);

  function fault(what: string): void {
    violations.push(what);
    const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(what)?.[0];
    for (const line of id === undefined ? [] : world.logOf(id)) tell(line);
    tell(`fault: ${what}\n  after: ${story.slice(-LAST_LINES).join(', ')}`);
  }

  async function round(): Promise<void> {
    const tasks = Array.from({ length: 1 + nextRandom().whole(MOST_AT_ONCE) }, async () => {
      const random = nextRandom();
      const operation = choose(random);
      const task = operation.plan({ world, cast, random, serial: () => (serial += 1) });
      if (!task) return;
      story.push(operation.name);
      operations[operation.name] = (operations[operation.name] ?? 0) + 1;
      total += 1;
      if (operation.kills) kills += 1;
      await inTime(task(), operation.name).catch((error: unknown) =>
        fault(`${operation.name}: ${String(error)}`),
      );
    });
    await Promise.all(tasks);
    for (const each of await checker.look()) fault(each);
  }

  const end = performance.now() + options.durationMs;
  let nextNewsAt = performance.now() + 30_000;
  try {
    while (performance.now() < end || total < options.leastOperations) {
      // Somebody comes who needs a daemon, as always on a machine where Styxy is used.
      if (!world.daemon()) await world.cli('list', '--json');
      await round();
      if (performance.now() > nextNewsAt) {
        tell(`${total} operations, ${kills} kills, ${violations.length} violations`);
        nextNewsAt += 30_000;
      }
    }
    for (const each of await settle(world, cast, checker.look)) fault(each);
  } finally {
    await cleanUp(world, cast);
  }
  const left = world.leftovers();
  if (left.length > 0)
    fault(`left behind: ${left.map(({ pid, command }) => `${pid} ${command}`).join('; ')}`);
  return { seed, operations, total, kills, violations };
}

const WEIGHTS = OPERATIONS.reduce((sum, { weight }) => sum + weight, 0);

function choose(random: Random): Operation {
  let rest = (random.whole(1_000_000) / 1_000_000) * WEIGHTS;
  for (const operation of OPERATIONS) if ((rest -= operation.weight) < 0) return operation;
  return OPERATIONS[0]!;
}

function inTime<Value>(task: Promise<Value>, name: string): Promise<Value> {
  const limit = sleep(PATIENCE_MS, undefined, { ref: false }).then(() => {
    throw new Error(`${name} did not end within ${PATIENCE_MS} ms`);
  });
  return Promise.race([task, limit]);
}

/** Everybody leaves in peace; what is untrue must become true, and nothing may be left. */
async function settle(world: World, cast: Cast, look: () => Promise<string[]>): Promise<string[]> {
  world.freeDisk();
  for (const run of cast.runs) {
    if (!lives(run.wrapper)) continue;
    if (run.stopped) process.kill(run.wrapper.pid, 'SIGCONT');
    // A server that ignores SIGTERM keeps its wrapper waiting, as it would keep a terminal.
    process.kill(run.wrapper.pid, run.manner === 'stubborn' ? 'SIGKILL' : 'SIGTERM');
  }
  const faults: string[] = [];
  const until = performance.now() + 10_000;
  while (performance.now() < until) {
    if (!world.daemon()) await world.cli('list', '--json');
    faults.push(...(await look()));
    if ([...cast.runs].every(({ wrapper, server }) => !lives(wrapper) && !(server && lives(server)))) break;
    await sleep(200);
  }
  return faults;
}

async function cleanUp(world: World, cast: Cast): Promise<void> {
  for (const outsider of cast.outsiders) await leaveAsOutsider(cast, outsider);
  // A server that went into the background lives on by right; one that got no lease (a full disk) has nobody else who
  // could end it once its wrapper was killed.
  const leavers = [...cast.runs].flatMap(({ manner, server, self }) =>
    server && (manner === 'leave' || self?.lockId === null) ? [server] : [],
  );
  for (const target of [...cast.holders, ...leavers]) if (lives(target)) process.kill(target.pid, 'SIGKILL');
  const isOver = () => world.leftovers().length === 0;
  await waitFor(isOver, 10_000).catch(() => undefined);
  await world.close();
}
