import { posix } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { StyxyError } from '../../src/base/styxy-error.ts';
import type { AllocateAnswer } from '../../src/protocol/answers/lease.ts';
import type { AllocateBody } from '../../src/protocol/requests/allocate.ts';
import type { Allocation } from '../../src/protocol/answers/allocation.ts';
import { describeCoordinator } from '../support/coordinators.ts';
import { startTestDaemon } from '../support/daemon.ts';
import { claimPorts } from '../support/ports.ts';

const HOSTILE = [
  '$(touch made)',
  '`touch made`',
  '"; touch made; "',
  "'; touch made",
  'a\nb',
  'a\u0000b',
  '\u001B[2J',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '',
  ' ',
  'x'.repeat(4097),
  '\uD800',
  '\u202Egnp.exe',
  '{"a":1}',
  '\u001E{"op":"end","id":"x"}',
];
const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
);
const name = fc.oneof({ weight: 3, arbitrary: fc.stringMatching(/^[a-zA-Z0-9][\w.-]{0,12}$/) }, text);

/** A request whose every text is anything. */
const body: fc.Arbitrary<AllocateBody> = fc.record(
  {
    service_type: fc.oneof({ weight: 9, arbitrary: fc.constant('web') }, text),
    service_name: name,
    project_path: text,
    branch: text,
    instance_id: name,
    command: text,
    request_id: text,
    ttl_ms: fc.constant(600_000),
  },
  { requiredKeys: ['service_type', 'ttl_ms'] },
);

/** Of a path, `.`, `..` and further slashes are not kept. */
const oneWay = (path: string | null = null) => (path?.startsWith('/') ? posix.resolve(path) : path);

/** What the client said about the lease, and hears again. */
const said = (each: AllocateBody | AllocateAnswer | Allocation) => ({
  service_type: each.service_type,
  service_name: each.service_name ?? null,
  project_path: oneWay(each.project_path),
  branch: each.branch ?? null,
  instance_id: each.instance_id ?? null,
  command: each.command ?? null,
});

const NO_NEW_TYPES = { auto_allocation: { enabled: false } };

describeCoordinator(
  'a text of any letters',
  (styxy) => {
    test('is kept as it is, or refused as a mistake of the client', async () => {
      const counts = { taken: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(body, async (each) => {
          const answer = await styxy.allocate(each).catch((error: unknown) => {
            expect(error).toBeInstanceOf(StyxyError);
            expect([400, 404]).toContain((error as StyxyError).httpStatus);
          });
          counts[answer ? 'taken' : 'refused'] += 1;
          if (!answer) return;
          expect(said(answer)).toEqual(said(each));
          const { allocations } = await styxy.list();
          expect(allocations.map(said)).toEqual([said(each)]);
          await styxy.release(answer.lock_id);
        }),
        { numRuns: 300 },
      );
      expect(counts.taken).toBeGreaterThan(20);
      expect(counts.refused).toBeGreaterThan(20);
    });
  },
  () => NO_NEW_TYPES,
);

test('a lease with such texts is the same after the daemon was killed', async () => {
  await using block = await claimPorts();
  const web = { port_range: [block.first, block.last] };
  await using daemon = await startTestDaemon({ config: { service_types: { web }, ...NO_NEW_TYPES } });
  const { coordinator } = daemon;
  for (const each of fc.sample(body, 250)) await coordinator.allocate(each).catch(() => undefined);
  const leases = async () => (await coordinator.list()).allocations.toSorted((a, b) => a.port - b.port);
  const before = await leases();
  expect(before.length).toBeGreaterThan(20);
  await daemon.end('SIGKILL');
  await daemon.restart();
  expect(await leases()).toEqual(before);
});
