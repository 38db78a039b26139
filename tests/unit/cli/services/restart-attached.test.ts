import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Context } from '../../../../src/cli/context.ts';
import { restartAttached } from '../../../../src/cli/services/restart-attached.ts';
import type { Allocation } from '../../../../src/protocol/answers/allocation.ts';
import { recallStart } from '../../../../src/run/child/service-start.ts';
import { tempDir } from '../../../support/temp.ts';

test('a service that could not be ended is not started again at its next end', async () => {
  const { path, remove } = tempDir('styxy-restart-');
  onTestFinished(remove);
  const log = join(path, 'web.log');
  const start = { pid: 7, cwd: path, flags: {}, words: [], command: ['true'], attachedTo: 8 };
  let marked: unknown;
  const coordinator = {
    status: async () => ({}),
    async list() {
      marked = recallStart(log)?.restart;
      throw new Error('no daemon');
    },
  };
  const out = { waitingFor: () => () => undefined };
  const context = { coordinator, changes: () => () => undefined, out, cwd: path } as unknown as Context;
  const lease = { holder: { kind: 'connection' }, lock_id: 'x' } as unknown as Allocation;
  await expect(restartAttached(context, { start, lease, log }, { timeout: 1000 })).rejects.toThrow(
    'no daemon',
  );
  expect(marked).toBe(true);
  expect(recallStart(log)).toEqual(start);
});
