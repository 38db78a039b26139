import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { CheckAnswer, ListAnswer, ScanAnswer } from '../../../src/protocol/answers/ports.ts';
import type { AuditAnswer } from '../../../src/protocol/answers/audit.ts';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { waitFor } from '../../support/processes.ts';

const OWN = fileURLToPath(new URL('../../support/programs/outsider.mjs', import.meta.url));

describe.skipIf(process.platform !== 'linux')('an outsider on the port of a lease', () => {
  const home = styxyHome();

  test.each([
    ['::1', '127.0.0.1'],
    ['127.0.0.1', '::1'],
    ['127.0.0.1', '127.0.0.2'],
  ])(
    'at another address (%s, %s) is told by everybody, and never taken for its program',
    async (own, other) => {
      // The shell puts the port where the program takes it from.
      const script = 'exec "$0" "$1" "$PORT" "$2"';
      const command = ['sh', '-c', script, process.execPath, OWN, own];
      const run = home.start(['run', '--name', 'web', '--', ...command]);
      const lease = await waitFor(async () => {
        const { allocations } = await home.api.list().catch(() => ({ allocations: [] }));
        return allocations.find(({ state }) => state === 'bound');
      }, 20_000);
      const { port } = lease;
      const [ours] = lease.listeners;
      expect(lease).not.toHaveProperty('outsiders');
      const outsider = await startOutsider(port, other);
      const theirs = expect.objectContaining({ address: other, pid: outsider.pid });

      const listed = await waitFor(async () => {
        const answer: ListAnswer = await home.api.list();
        return answer.allocations[0]?.outsiders ? answer : undefined;
      });
      expect(listed.allocations).toEqual([
        expect.objectContaining({ state: 'bound', listeners: [ours], outsiders: [theirs] }),
      ]);
      expect(listed.external.filter((each) => each.port === port)).toEqual([theirs]);
      const checked: CheckAnswer = await home.api.check(port);
      expect(checked).toMatchObject({ listener: ours, allocation: { outsiders: [{ pid: outsider.pid }] } });
      expect(checked.reason).toMatch(
        new RegExp(`^leased to "web".*, and also held by .* \\(pid ${outsider.pid}\\)$`),
      );
      const whose = await home.cli(['whose', String(port)]);
      expect(whose.stdout).toMatch(
        new RegExp(`^also there +.*\\(pid ${outsider.pid}, ${other}\\), not started by Styxy$`, 'm'),
      );
      const { ports } = await home.json<ScanAnswer>(['scan', '--range', String(port)]);
      expect(ports[0]?.listeners).toHaveLength(2);
      const scanned = await home.cli(['scan', '--range', String(port)]);
      expect(scanned.stdout).toMatch(new RegExp(`^${port} +${other} +external .* ${outsider.pid} `, 'm'));
      expect((await home.cli(['list'])).stdout).toMatch(
        new RegExp(`^${port} +web .* listening, not alone `, 'm'),
      );
      expect((await home.cli(['list', '--external'])).stdout).toContain(String(outsider.pid));

      await waitFor(() => run.stderr().includes('as well'), 10_000, run.stderr);
      expect(run.stderr().match(/as well/g)).toHaveLength(1);
      expect(run.stderr()).toContain(`(pid ${outsider.pid}) listens on port ${port} as well, at ${other}`);
      const { entries } = await home.json<AuditAnswer>(['audit', '--action', 'outsider']);
      expect(entries).toContainEqual(expect.objectContaining({ port, pid: outsider.pid, address: other }));

      await outsider.end();
      await waitFor(
        async () => !(await home.api.list()).allocations[0]?.outsiders,
        5000,
        'it to be seen gone',
      );
      run.process.kill('SIGTERM');
      await run.finished();
      await waitFor(async () => (await home.api.list()).allocations.length === 0, 5000, 'the lease to end');
    },
  );
});
