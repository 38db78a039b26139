import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CheckAnswer, ListAnswer, ScanAnswer } from '../../../src/protocol/answers/ports.ts';
import type { AuditAnswer } from '../../../src/protocol/answers/audit.ts';
import { startProgram, styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { waitFor } from '../../support/processes.ts';

const OWN = fileURLToPath(new URL('../../support/programs/outsider.mjs', import.meta.url));

// Node can't share a port by SO_REUSEPORT.
const PYTHON = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).stdout?.trim();
const SHARES_PORT = `
import os, socket, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
s.bind(('127.0.0.1', int(os.environ['PORT'])))
s.listen()
time.sleep(100)`;

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

  test.skipIf(!PYTHON)(
    'beside it by SO_REUSEPORT (needs python3) is told soon after it has come, without being asked for',
    async () => {
      // Else the health check might come across it by chance.
      const health = { recovery: { health_monitoring: { enabled: false } } };
      const config = JSON.parse(readFileSync(join(home.path, 'config.json'), 'utf8')) as object;
      writeFileSync(join(home.path, 'config.json'), JSON.stringify({ ...config, ...health }));
      const run = home.start(['run', '--name', 'shared', '--', PYTHON, '-c', SHARES_PORT]);
      const lease = await waitFor(async () => {
        const { allocations } = await home.api.list().catch(() => ({ allocations: [] }));
        return allocations.find((each) => each.service_name === 'shared' && each.state === 'bound');
      }, 20_000);
      const { port } = lease;
      const outsider = startProgram([PYTHON, '-c', SHARES_PORT], {
        cwd: '/',
        env: { PORT: String(port), PATH: process.env['PATH']! },
      });
      onTestFinished(() => void outsider.process.kill('SIGKILL'));
      await waitFor(() => run.stderr().includes('as well'), 10_000, run.stderr);
      expect(run.stderr()).toContain(`(pid ${outsider.pid}) listens on port ${port} as well, at 127.0.0.1`);
      const [seen] = (await home.api.list()).allocations;
      expect(seen).toMatchObject({ state: 'bound', listeners: [{ pid: lease.listeners[0]!.pid }] });
      expect(seen!.outsiders).toMatchObject([{ pid: outsider.pid }]);
      const whose = await home.cli(['whose', String(port)]);
      expect(whose.stdout).toMatch(new RegExp(`^also there +.*\\(pid ${outsider.pid}, 127.0.0.1\\)`, 'm'));
      run.process.kill('SIGTERM');
      await run.finished();
    },
  );
});
