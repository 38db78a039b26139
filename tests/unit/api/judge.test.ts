import { expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import type { WireListener } from '../../../src/protocol/answers/listener.ts';
import type { CheckAnswer } from '../../../src/protocol/answers/ports.ts';
import { judgeServer } from '../../../src/api/testing/judge.ts';

const listener = { address: '::1', port: 9200, pid: 77, command: 'python3', cwd: '/other' } as WireListener;
const lease = (fields: Partial<Allocation> = {}): Allocation =>
  ({ port: 9200, lock_id: 'mine', state: 'granted', actual_ports: [], ...fields }) as Allocation;
const checked = (allocation: Allocation | null, found: WireListener | null = null): CheckAnswer => ({
  port: 9200,
  available: false,
  allocation,
  listener: found,
  reason: '',
});

test.each([
  ['its own tree listens', lease({ state: 'bound' }), 0, 'ours'],
  ['nothing listens yet', lease(), 0, 'not yet'],
  ['it has passed by another port', lease({ state: 'drifted', actual_ports: [4000] }), 100, 'not yet'],
] as const)('when %s', (_, allocation, driftedForMs, is) => {
  expect(judgeServer(checked(allocation), 'mine', driftedForMs)).toEqual({ is });
});

test.each([
  [
    'an outsider is there too',
    lease({ state: 'bound', outsiders: [listener] }),
    0,
    /python3 \(pid 77, in \/other\)/,
  ],
  [
    'it stays on another port',
    lease({ state: 'drifted', actual_ports: [4000] }),
    9000,
    /listens on 4000, and not on 9200/,
  ],
  [
    'the port is leased to another',
    lease({ lock_id: 'x', service_name: 'web', project_path: '/w' }),
    0,
    /web in \/w/,
  ],
  ['the lease has ended', null, 0, /the lease has ended, and python3 \(pid 77/],
] as const)('is wrong when %s', (_, allocation, driftedForMs, why) => {
  const verdict = judgeServer(checked(allocation, allocation ? null : listener), 'mine', driftedForMs);
  expect(verdict).toEqual({ is: 'wrong', why: expect.stringMatching(why) });
});
