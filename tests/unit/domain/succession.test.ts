import { describe, expect, test } from 'vitest';
import {
  after,
  decide,
  SUCCESSION,
  type Fact,
  type Facts,
  type HoldEnd,
  type Outcome,
} from '../../../src/domain/succession.ts';
import type { Holder } from '../../../src/domain/lease.ts';
import { hold, lease } from '../../support/leases.ts';

/** The last of its holds, of a lease that nothing is running for and whose port is free. */
const QUIET: Facts = {
  holder: 'connection',
  others: false,
  serves: true,
  leftBy: false,
  policy: 'reap',
  program: false,
  isService: false,
  young: false,
  starterLives: false,
  listening: false,
  inUse: false,
  stillInUse: false,
  wasSeen: false,
  reaped: false,
};

const end = (reason: string) => ({ do: 'end', reason });
const busy = { inUse: true, stillInUse: true };

/** In words: what happened, what is so beside the quiet, what becomes of the lease. */
const STORIES: readonly [string, HoldEnd, Partial<Facts>, object][] = [
  [
    'a daemonised server keeps the port that its wrapper leaves',
    'detached',
    { program: true, listening: true },
    { do: 'adopt', forGood: false },
  ],
  [
    'so it does when others hold the lease as well',
    'detached',
    { program: true, listening: true, others: true },
    { do: 'adopt', forGood: false },
  ],
  [
    'what has just been started keeps it, though it does not listen yet',
    'detached',
    { program: true, young: true },
    { do: 'adopt', forGood: false },
  ],
  ['an old helper does not', 'detached', { program: true }, end('released')],
  ['nor does an outsider', 'detached', { listening: true, young: true }, end('released')],
  [
    'nor does what another one started',
    'detached',
    { program: true, listening: true, young: true, serves: false },
    end('released'),
  ],
  [
    'who leaves others behind leaves the lease to them',
    'detached',
    { others: true },
    { do: 'pass on', remember: false },
  ],
  [
    'what a killed wrapper of several left is remembered',
    'died',
    { others: true },
    { do: 'pass on', remember: true },
  ],
  [
    'what a dead process of several left is remembered',
    'died',
    { others: true, holder: 'process' },
    { do: 'pass on', remember: true },
  ],
  ...(['over', 'unused', 'released', 'unread', 'orphaned'] as const).map(
    (ended): [string, HoldEnd, Partial<Facts>, object] => [
      `others keep a lease of which one hold is ${ended}`,
      ended,
      { others: true, holder: 'ttl', program: true, ...busy, listening: true },
      { do: 'pass on', remember: false },
    ],
  ),
  [
    'who never read its lease ends it, whatever is on the port',
    'unread',
    { program: true, ...busy, wasSeen: true },
    end('holder_gone'),
  ],
  [
    'an adopted process that does not use the port loses it',
    'unused',
    { holder: 'process', program: true, young: true },
    end('stale'),
  ],
  [
    'a server that dropped its marker keeps the port as an orphan',
    'detached',
    { wasSeen: true, ...busy },
    { do: 'orphan' },
  ],
  ['an outsider on a port that is left is no reason to keep it', 'detached', busy, end('released')],
  [
    'a port that was busy for a moment only is free',
    'detached',
    { wasSeen: true, inUse: true },
    end('released'),
  ],
  [
    'somebody else’s server is not this one’s orphan',
    'detached',
    { wasSeen: true, ...busy, serves: false },
    end('released'),
  ],
  ...(['released', 'over', 'detached'] as const).map((ended): [string, HoldEnd, Partial<Facts>, object] => [
    `what an earlier holder left running is looked after when the last hold is ${ended}`,
    ended,
    { leftBy: true, program: true },
    { do: 'settle earlier' },
  ]),
  [
    'but what is still on the port keeps it',
    'detached',
    { leftBy: true, program: true, wasSeen: true, ...busy },
    { do: 'orphan' },
  ],
  ['what it left and has ended is nobody’s', 'released', { leftBy: true }, end('released')],
  [
    'what runs is not ended by a release',
    'released',
    { program: true, ...busy, wasSeen: true },
    end('released'),
  ],
  ['a deadline spares a port in use', 'over', { holder: 'ttl', listening: true }, { do: 'orphan' }],
  ['a deadline ends the rest', 'over', { holder: 'ttl', program: true, ...busy }, end('expired')],
  ['an instance spares a port in use', 'over', { holder: 'instance', listening: true }, { do: 'orphan' }],
  ['an instance takes its leases with it', 'over', { holder: 'instance' }, end('expired')],
  [
    'a program outlives the process that held its port',
    'died',
    { holder: 'process', program: true, ...busy },
    { do: 'adopt', forGood: false },
  ],
  ['an unknown listener makes an orphan of it', 'died', { holder: 'process', ...busy }, { do: 'orphan' }],
  ['a moment of use does not', 'died', { holder: 'process', inUse: true }, end('holder_gone')],
  [
    'what takes the port a moment later is an outsider',
    'died',
    { holder: 'process', stillInUse: true },
    end('holder_gone'),
  ],
  ['so it is on the port of a wrapper', 'died', { wasSeen: true, stillInUse: true }, end('holder_gone')],
  ['and on a port that is left', 'detached', { wasSeen: true, stillInUse: true }, end('released')],
  ['a process that leaves nothing ends its lease', 'died', { holder: 'process' }, end('holder_gone')],
  ['a killed wrapper takes its command with it', 'died', { program: true, isService: true }, { do: 'reap' }],
  ['and what its command left behind', 'died', { program: true }, { do: 'reap' }],
  [
    'and what has the port before anybody asks for that',
    'died',
    { program: true, wasSeen: true, ...busy },
    { do: 'reap' },
  ],
  ...(
    [
      { policy: 'reap' },
      { policy: 'adopt' },
      { policy: 'adopt', isService: true },
      { policy: 'reap', program: false, wasSeen: true, ...busy },
    ] as const
  ).map((facts): [string, HoldEnd, Partial<Facts>, object] => [
    `only a wrapper's death is one for its programs (${JSON.stringify(facts)})`,
    'died',
    { holder: 'instance', program: true, ...facts },
    end('holder_gone'),
  ]),
  [
    'a client that closed its response and lives keeps what it runs, without the lease',
    'died',
    { program: true, starterLives: true },
    end('holder_gone'),
  ],
  [
    'where the user wants it, the command keeps the lease for good',
    'died',
    { program: true, policy: 'adopt', isService: true },
    { do: 'adopt', forGood: true },
  ],
  [
    'and what the command left behind keeps it while it is of use',
    'died',
    { program: true, policy: 'adopt' },
    { do: 'adopt', forGood: false },
  ],
  [
    'nothing is adopted from a client that lives',
    'died',
    { program: true, policy: 'adopt', starterLives: true, isService: true },
    end('holder_gone'),
  ],
  ['what escaped and listens makes an orphan', 'died', { wasSeen: true, ...busy }, { do: 'orphan' }],
  ['so it does after the rest was ended', 'died', { wasSeen: true, ...busy, reaped: true }, { do: 'orphan' }],
  ['an outsider on its port makes none', 'died', busy, end('holder_gone')],
  ['a listener that was about to go makes none', 'died', { wasSeen: true, inUse: true }, end('holder_gone')],
  ['what was reaped is said to be so', 'died', { reaped: true }, end('reaped')],
  ['a wrapper that left nothing ends its lease', 'died', {}, end('holder_gone')],
  ['an orphan stays while its port is in use', 'orphaned', { inUse: true }, { do: 'keep' }],
  ['the orphan of a deadline has expired', 'orphaned', { holder: 'ttl' }, end('expired')],
  ['the orphan of an instance has expired', 'orphaned', { holder: 'instance' }, end('expired')],
  ['the orphan of a process lost its holder', 'orphaned', { holder: 'process' }, end('holder_gone')],
  ['the orphan of a wrapper lost its holder', 'orphaned', {}, end('holder_gone')],
];

/** Asks for facts one by one, as the daemon does. */
function tell(ended: HoldEnd, facts: Facts): { outcome: Outcome; asked: Fact[] } {
  const known: Partial<Record<Fact, unknown>> = {};
  const asked: Fact[] = [];
  for (;;) {
    const next = decide(ended, known as Partial<Facts>);
    if (!('ask' in next)) return { outcome: next, asked };
    asked.push(next.ask);
    known[next.ask] = facts[next.ask];
  }
}

describe('what becomes of a lease', () => {
  test.each(STORIES)('%s', (_, ended, facts, outcome) => {
    expect(tell(ended, { ...QUIET, ...facts }).outcome).toEqual(outcome);
  });

  test.each(SUCCESSION.map((row, index) => [row.because, row, index] as const))(
    'row: %s; is met by a story',
    (_, row) => {
      const met = STORIES.some(([, ended, facts]) => {
        const all: Facts = { ...QUIET, ...facts };
        const first = SUCCESSION.find(
          (each) =>
            each.ended.includes(ended) &&
            (Object.keys(each.when) as Fact[]).every((fact) => each.when[fact] === all[fact]),
        );
        return first === row;
      });
      expect(met).toBe(true);
    },
  );
});

describe('what costs a search is asked for only when it decides', () => {
  test.each<[string, HoldEnd, Partial<Facts>, Fact[]]>([
    ['nothing, while others hold the lease', 'died', { others: true }, ['others']],
    ['nothing, when it is simply given back', 'released', {}, ['others', 'leftBy']],
    ['nothing, of who never read its lease', 'unread', {}, ['others']],
    ['only the listeners, at a deadline', 'over', { holder: 'ttl' }, ['others', 'leftBy', 'listening']],
    [
      'no probe of the port, when a process adopts it',
      'died',
      { holder: 'process', program: true },
      ['others', 'holder', 'program'],
    ],
    [
      'no wait for the starter, when nothing runs',
      'died',
      {},
      ['others', 'holder', 'program', 'wasSeen', 'reaped'],
    ],
    ['only the port, of an orphan', 'orphaned', { inUse: true }, ['others', 'inUse']],
  ])('%s', (_, ended, facts, asked) => {
    expect(new Set(tell(ended, { ...QUIET, ...facts }).asked)).toEqual(new Set(asked));
  });
});

describe('the lease that follows', () => {
  const held: Holder = { kind: 'connection', pid: 5, startTime: '50' };
  const first = lease(3000, { holder: held, startedBy: { pid: 4, startTime: '40' }, shared: { key: 'k' } });
  const two = { ...first, holds: [...first.holds, hold('second')] as const };
  const facts = { now: 70, process: { pid: 7, startTime: '70' } };

  test('as an orphan keeps its hold and has the time', () => {
    expect(after(first, first.id, { do: 'orphan' }, facts)).toEqual({ ...first, orphanedAt: 70 });
  });

  test.each([
    [false, { kind: 'process', pid: 7, startTime: '70', isAdopted: true }],
    [true, { kind: 'process', pid: 7, startTime: '70' }],
  ] as const)('of an adoption (for good: %s) belongs to the process', (forGood, holder) => {
    const adopted = after(two, first.id, { do: 'adopt', forGood }, facts);
    expect(adopted.service).toEqual({ pid: 7, startTime: '70' });
    expect(adopted.holds.map((each) => each.holder)).toEqual([holder, two.holds[1]?.holder]);
    expect(adopted.holds[0].startedBy).toBeUndefined();
  });

  test.each([
    [true, held],
    [false, undefined],
  ])('of the others (remembering: %s) has their holds, and perhaps the memory', (remember, leftBy) => {
    const rest = after(two, first.id, { do: 'pass on', remember }, facts);
    expect(rest.holds.map(({ id }) => id)).toEqual(['second']);
    expect(rest.shared?.leftBy).toEqual(leftBy);
  });

  test('of the earlier holder is its alone, under an id of its own', () => {
    const leftBy: Holder = { kind: 'process', pid: 3, startTime: '30' };
    const last = lease(3000, { id: 'lock', holder: held, shared: { key: 'k', leftBy } });
    const [share] = last.holds;
    const given = { ...last, holds: [{ ...share, id: 'share' }] as const };
    expect(after(given, 'share', { do: 'settle earlier' }, facts)).toMatchObject({
      holds: [{ id: 'lock', holder: leftBy }],
      shared: { key: 'k', leftBy: undefined },
    });
  });

  test('is the lease itself for a hold that it does not have', () => {
    expect(after(two, 'other', { do: 'orphan' }, facts)).toBe(two);
  });
});

test('for whatever end the table has an answer, whatever the facts', () => {
  const ends: HoldEnd[] = ['unread', 'died', 'over', 'unused', 'released', 'detached', 'orphaned'];
  for (const ended of ends) expect(tell(ended, QUIET).outcome).toBeDefined();
  expect(() => decide('died', {}, [])).toThrow();
});
