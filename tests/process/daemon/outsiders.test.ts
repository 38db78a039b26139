import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import type {
  CheckAnswer,
  ListAnswer,
  SuggestAnswer,
  Provenance,
  ScanAnswer,
} from '../../../src/protocol/answers/ports.ts';
import { findWorktree } from '../../../src/system/worktree.ts';
import { styxyHome } from '../../support/home.ts';
import { lanAddress, startOutsider, type Outsider } from '../../support/outsider.ts';
import { usually } from '../../support/runs.ts';

/** A place where a program can listen without Styxy. */
interface Place {
  readonly name: string;
  readonly host: string | undefined;
  readonly v6only?: boolean;
  /** As the system's own list of listeners writes it. */
  readonly seenAs?: string;
}

const PLACES: Place[] = [
  { name: '127.0.0.1', host: '127.0.0.1' },
  { name: '127.0.0.2', host: '127.0.0.2' },
  { name: '0.0.0.0', host: '0.0.0.0' },
  { name: '::1', host: '::1' },
  { name: ':: (IPv4 as well)', host: '::' },
  { name: ':: (IPv6 only)', host: '::', v6only: true },
  { name: 'the LAN address', host: lanAddress() },
];

/** Where every command is asked; at the others those that grant or run. tests/contract/outsiders.test.ts asks the API at all. */
const IN_FULL = usually(PLACES, ({ host, v6only }) => host === '127.0.0.1' || (host === '::' && !v6only));

describe.skipIf(process.platform !== 'linux').each(PLACES)(
  'a listener on $name that did not go through Styxy',
  (place) => {
    const { host, v6only } = place;
    const home = styxyHome();
    const sayPort = [process.execPath, '-p', 'process.env.PORT'];

    async function askEverybody(port: number, outsider: Outsider): Promise<void> {
      const check = await home.cli(['check', String(port), '--json']);
      expect(check.code, check.story).toBe(1);
      const checked: CheckAnswer = JSON.parse(check.stdout);
      expect(checked).toMatchObject({ port, available: false, allocation: null });
      expect(checked.listener).toMatchObject({ port, address: host, pid: outsider.pid });
      expect(checked.listener?.command).toContain('outsider.mjs');
      const told = await home.cli(['check', String(port)]);
      expect(told.code).toBe(1);
      expect(told.stdout).toContain(`${port} is taken`);
      expect(told.stdout).toContain(`pid ${outsider.pid}`);
      expect(told.stdout).toContain('outsider.mjs');

      const { external } = await home.json<ListAnswer>(['list', '--external']);
      // The machine may have others, on the ports of other types.
      expect(external.filter(({ service_type }) => service_type === 'dev')).toEqual([
        expect.objectContaining({ port, address: host, pid: outsider.pid, service_type: 'dev' }),
      ]);
      const listed = await home.cli(['list', '--external']);
      expect(listed.stdout).toContain(String(outsider.pid));
      expect(listed.stdout).toContain(basename(process.execPath));

      const { ports } = await home.json<ScanAnswer>(['scan', '--range', `${port}-${home.ports.last}`]);
      expect(ports).toEqual([
        expect.objectContaining({
          port,
          state: 'external',
          service_type: 'dev',
          allocation: null,
          listeners: [expect.objectContaining({ address: host, pid: outsider.pid, cwd: process.cwd() })],
          project_path: findWorktree(process.cwd()).path,
          command: expect.stringContaining('outsider.mjs'),
        }),
      ]);
      const scanned = await home.cli(['scan', '--range', String(port)]);
      expect(scanned.stdout).toMatch(new RegExp(`^${port} .* external .* ${outsider.pid} `, 'm'));

      const whose = await home.json<Provenance & { started_by: object[] }>(['whose', String(port)]);
      expect(whose).toMatchObject({
        port,
        allocation: null,
        listener: { address: host, pid: outsider.pid },
        project_path: findWorktree(process.cwd()).path,
        branch: findWorktree(process.cwd()).branch,
        instance_id: null,
        command: expect.stringContaining('outsider.mjs'),
      });
      expect(whose.started_by[0]).toEqual({ pid: process.pid, command: expect.stringContaining('node') });
      const age = Date.now() - Date.parse(whose.since ?? '');
      expect(age).toBeGreaterThanOrEqual(0);
      expect(age).toBeLessThan(60_000);
    }

    test('is never leased, suggested or run on, and everybody can ask who it is', async ({ skip }) => {
      const port = home.ports.first;
      let outsider: Outsider;
      try {
        if (host === undefined) throw new Error('this machine is in no network');
        outsider = await startOutsider(port, host, v6only);
      } catch (error) {
        skip(String(error));
        return;
      }

      const { suggestions } = await home.json<SuggestAnswer>(['suggest', 'dev', '--count', '100']);
      expect(suggestions).not.toContain(port);
      expect(suggestions.length).toBe(home.ports.last - home.ports.first);
      if (IN_FULL.includes(place)) await askEverybody(port, outsider);

      const planned = await home.json<{ port: number }>([
        'run',
        '--dry-run',
        '--prefer',
        `${port}`,
        '--',
        'x',
      ]);
      expect(planned.port).not.toBe(port);
      const granted = await home.json<{ port: number }>(['allocate', '--type', 'dev', '--prefer', `${port}`]);
      expect(granted.port).not.toBe(port);
      const refused = await home.cli(['allocate', '--type', 'dev', '--port', `${port}`]);
      expect(refused.code, refused.story).toBe(75);
      expect(refused.stderr).toContain(`error[PORT_TAKEN]: port ${port} is taken`);

      const run = await home.cli(['run', '--prefer', `${port}`, '--', ...sayPort]);
      expect(run.code, run.story).toBe(0);
      expect(Number(run.stdout)).toBeGreaterThan(port);
      const exact = await home.cli(['run', '--port', `${port}`, '--', ...sayPort]);
      expect({ code: exact.code, stdout: exact.stdout }, exact.story).toEqual({ code: 75, stdout: '' });

      await outsider.end();
      expect((await home.cli(['check', String(port)])).code).toBe(0);
      expect((await home.cli(['whose', String(port)])).code).toBe(1);
      expect((await home.cli(['run', '--prefer', `${port}`, '--', ...sayPort])).stdout).toBe(`${port}\n`);
    });
  },
);
