import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AllocateAnswer } from '../../src/protocol/answers/lease.ts';
import { Refused } from '../support/socket-api.ts';
import {
  leaveAsOutsider,
  listenAsOutsider,
  startRun,
  type Cast,
  type Manner,
  type Plain,
  type Run,
} from './actors.ts';
import { identityOf, lives, type ProcessId } from './machine.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/**
 * What can happen to Styxy. All chance is taken when an operation is chosen, so that a seed gives the same sequence of kinds;
 * `plan` returns what is to be done, or undefined when there is nothing to do it to.
 */
export interface Operation {
  readonly name: string;
  readonly weight: number;
  /** It ends a process by a signal. */
  readonly kills?: true;
  plan(scene: Scene): (() => Promise<unknown>) | undefined;
}

export interface Scene {
  readonly world: World;
  readonly cast: Cast;
  readonly random: Random;
  /** Numbers that no other name has. */
  serial(): number;
}

const MOST_RUNS = 8;
const MOST_PLAIN = 30;
const MOST_OUTSIDERS = 12;
const TTL_MS = 60_000;
const DAY_MS = 86_400_000;
const MANNERS: readonly Manner[] = ['obey', 'obey', 'obey', 'stubborn', 'wander', 'leave'];
const ADDRESSES = ['127.0.0.1', '0.0.0.0', '::1', '::', '127.0.0.2'];
/** Refusals that are right answers to what was asked. */
const FAIR = new Set([
  'PORT_TAKEN',
  'RANGE_FULL',
  'STATE_UNWRITABLE',
  'LEASE_NOT_FOUND',
  'INVALID_REQUEST',
  'DAEMON_STOPPING',
]);

export const OPERATIONS: readonly Operation[] = [
  { name: 'allocate for a time', weight: 20, plan: (scene) => allocate(scene, undefined) },
  { name: 'allocate for a process', weight: 7, plan: allocateForProcess },
  { name: 'four ask for one port', weight: 3, plan: raceForPort },
  { name: 'release', weight: 16, plan: release },
  {
    name: 'check',
    weight: 12,
    plan: ({ world, random }) => asking(() => world.api.check(somePort(world, random))),
  },
  { name: 'list', weight: 6, plan: ({ world }) => asking(() => world.api.list()) },
  { name: 'status', weight: 3, plan: ({ world }) => asking(() => world.api.status()) },
  {
    name: 'list by command',
    weight: 1,
    plan:
      ({ world }) =>
      () =>
        world.cli('list', '--json'),
  },
  {
    name: 'clean up',
    weight: 1,
    plan:
      ({ world }) =>
      () =>
        world.cli('cleanup'),
  },
  { name: 'run', weight: 9, plan: run },
  { name: 'end a run', weight: 2, kills: true, plan: (scene) => signalRun(scene, 'SIGTERM') },
  { name: 'kill a wrapper', weight: 3, kills: true, plan: (scene) => signalRun(scene, 'SIGKILL') },
  { name: 'kill a server', weight: 3, kills: true, plan: killServer },
  { name: 'kill a holder', weight: 3, kills: true, plan: killHolder },
  { name: 'kill the daemon', weight: 1.5, kills: true, plan: killDaemon },
  { name: 'stop the daemon for a while', weight: 0.7, plan: pauseDaemon },
  { name: 'stop or continue a wrapper', weight: 2, plan: pauseRun },
  { name: 'an outsider comes', weight: 6, plan: outsiderComes },
  { name: 'an outsider goes', weight: 5, plan: outsiderGoes },
  { name: 'edit the configuration', weight: 1, plan: configure },
  { name: 'fill the disk for a while', weight: 0.7, plan: fillDisk },
  {
    name: 'start a daemon with a loose clock',
    weight: 0.4,
    kills: true,
    plan: ({ world }) => world.startWithClock,
  },
  { name: 'the clock jumps', weight: 1, plan: jumpClock },
];

/** A question whose answer matters only in that it is one. */
function asking(ask: () => Promise<unknown>): () => Promise<void> {
  return async () => {
    try {
      await ask();
    } catch (error) {
      if (error instanceof Refused && !FAIR.has(error.code)) throw error;
    }
  };
}

function allocate({ world, cast, serial, random }: Scene, holder: ProcessId | undefined) {
  if (cast.plain.size >= MOST_PLAIN) return undefined;
  const name = random.chance(0.5) ? `svc-${random.whole(6)}` : undefined;
  const request = {
    request_id: `request-${serial()}`,
    ...(name !== undefined && { service_name: name, project_path: '/chaos' }),
    ...(holder ? { process_id: holder.pid } : { ttl_ms: TTL_MS }),
  };
  return asking(async () => {
    const { jumps } = world;
    const ask = () => world.api.allocate(request);
    // Whoever gets no answer asks again, and gets the lease that the first request made, if it made one.
    const lease = await ask().catch((error: unknown) => {
      if (error instanceof Refused) throw error;
      return sleep(300).then(ask);
    });
    if ([...cast.plain].some((each) => each.lease.lock_id === lease.lock_id && !each.released)) return;
    note(world, cast, lease, holder, jumps);
  });
}

const CLOCK_SLACK_MS = 10_000;

/** A deadline counts only by a clock that is right. */
function note(
  { jumps }: World,
  cast: Cast,
  lease: AllocateAnswer,
  holder: ProcessId | undefined,
  jumpsBefore: number,
): void {
  const clockIsOff = Math.abs(Date.parse(lease.allocated_at) - Date.now()) > CLOCK_SLACK_MS;
  const uncertain = holder === undefined && (clockIsOff || jumps !== jumpsBefore);
  cast.plain.add({ kind: 'plain', lease, holder, released: false, uncertain });
}

function allocateForProcess(scene: Scene) {
  const { world } = scene;
  if (scene.cast.plain.size >= MOST_PLAIN) return undefined;
  const child = spawn('sleep', ['60'], { stdio: 'ignore', env: world.env });
  const holder = child.pid === undefined ? undefined : identityOf(child.pid);
  if (!holder) return undefined;
  scene.cast.holders.add(holder);
  return allocate(scene, holder);
}

/** @throws when more than one gets it */
function raceForPort({ world, cast, random }: Scene) {
  const port = somePort(world, random);
  return async () => {
    const { jumps } = world;
    const answers = await Promise.allSettled(
      Array.from({ length: 4 }, () => world.api.allocate({ port, ttl_ms: TTL_MS })),
    );
    const granted = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    for (const lease of granted) note(world, cast, lease, undefined, jumps);
    if (granted.length > 1) throw new Error(`port ${port} was leased ${granted.length} times at once`);
  };
}

function release({ world, cast, random }: Scene) {
  const plain = random.pick([...cast.plain].filter(({ released }) => !released));
  return plain && asking(() => releasePlain(world, plain));
}

async function releasePlain(world: World, plain: Plain): Promise<void> {
  // From here on it may be gone, whatever the answer says.
  plain.uncertain = true;
  await world.api.release(plain.lease.lock_id);
  plain.released = true;
}

function run({ world, cast, random, serial }: Scene) {
  if ([...cast.runs].filter(({ wrapper }) => lives(wrapper)).length >= MOST_RUNS) return undefined;
  const manner = random.pick(MANNERS) ?? 'obey';
  const wild = world.wild.first + random.whole(world.wild.last - world.wild.first);
  const name = random.chance(0.5) ? `web-${random.whole(4)}` : `web-${serial()}x`;
  return () => startRun(world, cast, manner, name, wild);
}

const aliveRuns = ({ runs }: Cast): Run[] => [...runs].filter(({ wrapper, self }) => self && lives(wrapper));

function signalRun({ cast, random }: Scene, signal: NodeJS.Signals) {
  const target = random.pick(aliveRuns(cast).filter(({ stopped }) => !stopped || signal === 'SIGKILL'));
  return target && (async () => kill(target.wrapper, signal));
}

function killServer({ cast, random }: Scene) {
  const target = random.pick(aliveRuns(cast))?.server;
  return target && (async () => kill(target, 'SIGKILL'));
}

function killHolder({ cast, random }: Scene) {
  const target = random.pick(
    [...cast.plain].flatMap(({ holder }) => (holder && lives(holder) ? [holder] : [])),
  );
  return target && (async () => kill(target, 'SIGKILL'));
}

function killDaemon({ world }: Scene) {
  const target = world.daemon();
  return target && (async () => kill(target, 'SIGKILL'));
}

function pauseDaemon({ world, random }: Scene) {
  const target = world.daemon();
  const ms = 50 + random.whole(750);
  return target && (() => pause(target, ms));
}

async function pause(target: ProcessId, ms: number): Promise<void> {
  kill(target, 'SIGSTOP');
  await sleep(ms);
  kill(target, 'SIGCONT');
}

function pauseRun({ cast, random }: Scene) {
  const target = random.pick(aliveRuns(cast));
  return (
    target &&
    (async () => {
      kill(target.wrapper, target.stopped ? 'SIGCONT' : 'SIGSTOP');
      target.stopped = !target.stopped;
    })
  );
}

function outsiderComes({ world, cast, random }: Scene) {
  if (cast.outsiders.size >= MOST_OUTSIDERS) return undefined;
  const port = somePort(world, random);
  const address = random.pick(ADDRESSES) ?? '::';
  return () => listenAsOutsider(cast, port, address);
}

function outsiderGoes({ cast, random }: Scene) {
  const outsider = random.pick([...cast.outsiders]);
  return outsider && (() => leaveAsOutsider(cast, outsider));
}

function configure({ world, random }: Scene) {
  const edits = [
    {},
    { recovery: { port_conflict: { max_retries: 5 } } },
    { recovery: { health_monitoring: { check_interval_ms: 500 } } },
  ];
  const edit = random.pick(edits) ?? {};
  const mistake = random.pick(['{ "service_types": ', { service_typs: {} }, undefined]);
  return async () => {
    if (mistake !== undefined) world.configure(mistake);
    await sleep(mistake === undefined ? 0 : 100);
    world.configure(edit);
  };
}

function fillDisk({ world, random }: Scene) {
  const ms = 200 + random.whole(600);
  if (!world.mayFillDisk) return undefined;
  return async () => {
    world.fillDisk();
    await sleep(ms);
    world.freeDisk();
  };
}

function jumpClock({ world, cast, random }: Scene) {
  const ms = random.whole(2 * DAY_MS) - DAY_MS;
  return async () => {
    if (!world.moveClock(ms)) return;
    for (const plain of cast.plain) if (!plain.holder) plain.uncertain = true;
  };
}

const somePort = ({ ports }: World, random: Random): number =>
  ports.first + random.whole(ports.last - ports.first + 1);

/** Only that very process; whoever has its pid by now is nobody of ours. */
function kill(target: ProcessId, signal: NodeJS.Signals): void {
  if (lives(target)) process.kill(target.pid, signal);
}
