import { describe, expect, test } from 'vitest';
import { judge, reconcile, withoutSharedPorts, type SeenListeners } from '../../../src/domain/reconcile.ts';
import { lease } from '../../support/leases.ts';

const seen = ({
  holder = [],
  started = [],
}: {
  holder?: readonly number[];
  started?: readonly number[];
}): SeenListeners => ({
  isBound: [...holder, ...started].includes(3000),
  started,
});
const anyPort = (): boolean => true;

describe('what is seen of a lease', () => {
  test.each([
    ['nothing', {}, 'granted', []],
    ['its program on its port', { started: [3000] }, 'bound', []],
    ['its holder on its port', { holder: [3000] }, 'bound', []],
    ['its program on its port and on others', { started: [24_678, 3000] }, 'bound', []],
    ['its program elsewhere, on two addresses', { started: [5173, 5173] }, 'drifted', [5173]],
    ['its program on several other ports', { started: [24_678, 5173] }, 'drifted', [5173, 24_678]],
    ['its holder elsewhere, as it likes', { holder: [5173] }, 'granted', []],
    ["its program's debugger, before itself", { started: [9229] }, 'granted', []],
  ] as const)('%s', (_, observed, state, driftedTo) => {
    expect(judge(lease(3000), seen(observed), anyPort)).toEqual({ state, driftedTo });
  });

  test('a port that another lease has is not drifted to', () => {
    const verdict = judge(lease(3000), seen({ started: [5173, 5174] }), (port) => port !== 5173);
    expect(verdict).toEqual({ state: 'drifted', driftedTo: [5174] });
  });

  test('an orphan stays one, whatever listens', () => {
    const orphan = lease(3000, { orphanedAt: 1, driftedTo: [5173] });
    expect(judge(orphan, seen({ started: [3000] }), anyPort)).toEqual({
      state: 'orphaned',
      driftedTo: [5173],
    });
    expect(reconcile(orphan, { state: 'granted', driftedTo: [] })).toEqual(lease(3000, { orphanedAt: 1 }));
  });
});

describe('a lease changes', () => {
  const drifted = lease(3000, { driftedTo: [5173] });
  test.each([
    ['when it drifts', lease(3000), 'drifted', [5173], drifted],
    ['when it drifts on', drifted, 'drifted', [5174], lease(3000, { driftedTo: [5174] })],
    ['when it comes back', drifted, 'bound', [], lease(3000)],
    ['when what was elsewhere ends', drifted, 'granted', [], lease(3000)],
    ['not when it is bound', lease(3000), 'bound', [], undefined],
    ['not when it is where it was', drifted, 'drifted', [5173], undefined],
  ] as const)('%s', (_, before, state, driftedTo, after) => {
    expect(reconcile(before, { state, driftedTo })).toEqual(after);
  });
});

test('leases that claim one port can live side by side: the later one has it, and what is leased is no drift', () => {
  const made = [
    lease(3000, { driftedTo: [3001, 5173] }),
    lease(3001, { driftedTo: [5173] }),
    lease(3000, { id: 'later', driftedTo: [5174] }),
  ];
  expect(withoutSharedPorts(made)).toEqual([
    lease(3000, { id: 'later', driftedTo: [5174] }),
    lease(3001, { driftedTo: [5173] }),
  ]);
});
