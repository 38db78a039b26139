import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heldAlsoBy, holdOf } from '../../src/domain/holds.ts';
import type { Hold, Holder, Lease, ProcessId } from '../../src/domain/lease.ts';
import {
  after,
  decide,
  type Fact,
  type Facts,
  type HoldEnd,
  type Outcome,
} from '../../src/domain/succession.ts';
import { hold, lease } from '../support/leases.ts';
import { runs } from '../support/runs.ts';

/** Everything outside the table that can be so or otherwise. */
interface World {
  lease: Lease | undefined;
  /** What was started for the lease and lives. */
  program: ProcessId | undefined;
  listener: 'own' | 'outsider' | undefined;
  /** The program was seen on the port. */
  wasSeen: boolean;
  policy: 'reap' | 'adopt';
}

type Step =
  | { do: 'join'; kind: Holder['kind']; serves: boolean }
  | { do: 'end'; nth: number; how: HoldEnd; starterLives: boolean; isYoung: boolean; escapes: boolean }
  | { do: 'start' }
  | { do: 'listen'; as: 'own' | 'outsider' }
  | { do: 'stop' };

const kinds = fc.constantFrom<Holder['kind']>('connection', 'process', 'instance', 'ttl');
const ends = fc.constantFrom<HoldEnd>('unread', 'died', 'over', 'unused', 'released', 'detached');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('join' as const), kind: kinds, serves: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      nth: fc.nat(5),
      how: ends,
      starterLives: fc.boolean(),
      isYoung: fc.boolean(),
      escapes: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'start' as const }) },
  fc.record({ do: fc.constant('listen' as const), as: fc.constantFrom('own' as const, 'outsider' as const) }),
  fc.constant({ do: 'stop' as const }),
);

const holderOf = (kind: Holder['kind'], pid: number): Holder => {
  if (kind === 'instance') return { kind, id: `instance-${pid}` };
  if (kind === 'ttl') return { kind, expiresAt: pid };
  return { kind, pid, startTime: '1' };
};

/** What ends how: deadlines don't die, and only adopted processes and deadlines are watched for use. */
function canEnd({ holder }: Hold, how: HoldEnd): boolean {
  if (how === 'unread') return holder.kind === 'connection';
  if (how === 'died') return holder.kind === 'connection' || holder.kind === 'process';
  if (how === 'over') return holder.kind === 'ttl' || holder.kind === 'instance';
  if (how === 'unused') return holder.kind === 'ttl' || (holder.kind === 'process' && !!holder.isAdopted);
  return true;
}

function factsOf(
  world: World,
  held: Lease,
  ended: Hold,
  about: Pick<Step & { do: 'end' }, 'starterLives' | 'isYoung'>,
): Facts {
  const { servedBy = ended.id, leftBy } = held.shared ?? {};
  return {
    holder: ended.holder.kind,
    others: held.holds.length > 1,
    serves: servedBy === ended.id,
    leftBy: leftBy !== undefined,
    policy: world.policy,
    program: world.program !== undefined,
    isService: world.program !== undefined && held.service?.pid === world.program.pid,
    young: about.isYoung,
    starterLives: about.starterLives && leftBy === undefined,
    listening: world.listener !== undefined,
    inUse: world.listener !== undefined,
    stillInUse: world.listener !== undefined,
    wasSeen: world.wasSeen,
    reaped: false,
  };
}

/** Asks the table until the hold's end is settled, and holds it to what may never happen. */
function settle(world: World, first: Hold, about: Step & { do: 'end' }): void {
  let [ended, how]: [Hold, HoldEnd] = [first, about.how];
  let reaped = false;
  for (let rounds = 0; rounds < 5; rounds++) {
    const held = world.lease as Lease;
    const facts = { ...factsOf(world, held, ended, about), reaped };
    const outcome = outcomeOf(how, facts);
    check(world, held, ended, how, facts, outcome);
    if (outcome.do === 'reap') {
      [world.program, reaped] = [undefined, true];
      if (!about.escapes && world.listener === 'own') world.listener = undefined;
      continue;
    }
    if (outcome.do === 'end') {
      world.lease = undefined;
      return;
    }
    if (outcome.do === 'keep') return;
    world.lease = after(held, ended.id, outcome, { now: 1, process: world.program });
    if (outcome.do !== 'settle earlier') return;
    [ended, how] = [world.lease.holds[0], 'died'];
  }
  throw new Error('it never ends');
}

function outcomeOf(how: HoldEnd, facts: Facts): Outcome {
  const known: Partial<Record<Fact, unknown>> = {};
  for (;;) {
    const next = decide(how, known as Partial<Facts>);
    if (!('ask' in next)) return next;
    known[next.ask] = facts[next.ask];
  }
}

function check(world: World, held: Lease, ended: Hold, how: HoldEnd, facts: Facts, outcome: Outcome): void {
  const others = held.holds.filter(({ id }) => id !== ended.id);
  // A held lease never ends, nor is anything of it touched but the hold that ended.
  if (others.length > 0) expect(['pass on', 'adopt']).toContain(outcome.do);
  else expect(outcome.do).not.toBe('pass on');
  // The port of a program that is there is not given away, unless its owner wants it.
  const isOwnersWish = how === 'released' || how === 'unread' || how === 'unused' || facts.starterLives;
  if (outcome.do === 'end' && world.listener === 'own' && world.wasSeen && facts.serves)
    expect([how, isOwnersWish]).toEqual([how, true]);
  // Only a living program adopts; and only what a dead wrapper left is ended, never what one released.
  if (outcome.do === 'adopt') expect(world.program).toBeDefined();
  if (outcome.do === 'reap')
    expect([how, ended.holder.kind, facts.policy]).toEqual(['died', 'connection', 'reap']);
  if (outcome.do === 'reap') expect(facts.starterLives).toBe(false);
  // An orphan has a port in use, and no holder.
  if (outcome.do === 'orphan') expect([world.listener !== undefined, others]).toEqual([true, []]);
}

function take(world: World, each: Step, index: number): void {
  if (each.do === 'start') world.program ??= { pid: 1000 + index, startTime: '1' };
  else if (each.do === 'stop') {
    world.program = undefined;
    if (world.listener === 'own') world.listener = undefined;
  } else if (each.do === 'listen') {
    if (each.as === 'own' && !world.program) return;
    world.listener ??= each.as;
    if (world.listener === 'own') world.wasSeen = true;
  } else if (each.do === 'join') join(world, each, index);
  else end(world, each);
}

function join(world: World, { kind, serves }: Step & { do: 'join' }, index: number): void {
  const own = hold(`hold-${index}`, { holder: holderOf(kind, index + 1) });
  const before = world.lease;
  world.lease = before
    ? heldAlsoBy(before, own, serves)
    : { ...lease(3000, { shared: { key: 'k' } }), holds: [own] };
  if (!before) world.wasSeen = false;
  const expected = before && before.orphanedAt === undefined ? before.holds.length + 1 : 1;
  expect(world.lease.holds).toHaveLength(expected);
  expect(world.lease.orphanedAt).toBeUndefined();
}

function end(world: World, about: Step & { do: 'end' }): void {
  const held = world.lease;
  if (!held) return;
  if (held.orphanedAt !== undefined) return endOrphan(world, held);
  const ended = held.holds[about.nth % held.holds.length] ?? held.holds[0];
  if (!canEnd(ended, about.how)) return;
  settle(world, ended, about);
  const now = world.lease;
  for (const { id } of held.holds) if (id !== ended.id) expect(holdOf(now ?? held, id)).toBeDefined();
  // The last one out ends it, unless something uses the port or is about to.
  if (held.holds.length > 1 || !now) return;
  const isAdopted = now.holds[0].holder.kind === 'process' && world.program?.pid === now.holds[0].holder.pid;
  expect(isAdopted || (now.orphanedAt !== undefined && world.listener !== undefined)).toBe(true);
}

/** An orphan ends exactly when its port is free. */
function endOrphan(world: World, held: Lease): void {
  const about = { starterLives: false, isYoung: false };
  const outcome = outcomeOf('orphaned', factsOf(world, held, held.holds[0], about));
  expect(outcome.do).toBe(world.listener ? 'keep' : 'end');
  if (outcome.do === 'end') world.lease = undefined;
}

describe('whatever holders do, and in whatever order', () => {
  test('a held lease never ends, no port in use is given away, and the last one out ends it', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 80, size: 'max' }),
        fc.constantFrom<World['policy']>('reap', 'adopt'),
        (steps, policy) => {
          const world: World = {
            lease: undefined,
            program: undefined,
            listener: undefined,
            wasSeen: false,
            policy,
          };
          for (const [index, each] of steps.entries()) take(world, each, index);
        },
      ),
      runs(1000),
    );
  });
});
