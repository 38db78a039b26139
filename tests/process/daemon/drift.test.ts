import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import type { CheckAnswer, SuggestAnswer } from '../../../src/protocol/answers/ports.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome, type Running } from '../../support/home.ts';
import { bareStart } from '../../support/pace.ts';
import { waitFor } from '../../support/processes.ts';

const ELSEWHERE = fileURLToPath(new URL('../../support/programs/elsewhere.mjs', import.meta.url));
const NODE = process.execPath;

describe.skipIf(process.platform !== 'linux')('a program that ignores PORT', () => {
  const home = styxyHome();
  let turns = 0;

  async function drifting(options: readonly string[] = []) {
    const own = home.ports.last - turns;
    const name = `web-${turns++}`;
    const come = join(home.place, `come-${name}`);
    const run = home.start(['run', '--name', name, ...options, '--', NODE, ELSEWHERE, String(own), come]);
    await waitFor(() => run.stdout().includes(`listening ${own}\n`), 30_000, run.stderr);
    return { run, own, name, come };
  }

  const leaseOf = async (name: string): Promise<Allocation | undefined> =>
    (await home.api.list()).allocations.find(({ service_name }) => service_name === name);

  async function end(run: Running, name: string): Promise<void> {
    run.process.kill('SIGTERM');
    await run.finished();
    await waitFor(async () => !(await leaseOf(name)), 5000, 'the lease to end');
  }

  test('has both ports, every answer shows the real one, and its user is told what to do', async () => {
    const { run, own, name, come } = await drifting();
    const listensSince = performance.now();
    const lease = await waitFor(async () => {
      const found = await leaseOf(name);
      return found?.state === 'drifted' ? found : undefined;
    });
    // Promised: 1 s, which is 25 bare starts on a machine that has nothing else to do.
    expect((performance.now() - listensSince) / (await bareStart())).toBeLessThan(75);
    const { port } = lease;
    expect(lease).toMatchObject({
      actual_ports: [own],
      url: `http://localhost:${own}`,
      listeners: [{ port: own, address: '127.0.0.1' }],
    });
    expect((await home.api.list()).external.map((each) => each.port)).not.toContain(own);

    const table = await home.cli(['list']);
    expect(table.stdout).toMatch(new RegExp(`^${own} +${name} .* on ${own} instead of ${port} `, 'm'));
    expect((await home.cli(['url', name])).stdout).toBe(`http://localhost:${own}\n`);
    const variable = `${name.toUpperCase().replaceAll('-', '_')}_PORT`;
    expect((await home.cli(['env'])).stdout).toContain(`${variable}=${own}\n`);
    const whose = await home.cli(['whose', String(own)]);
    expect(whose.stdout).toMatch(new RegExp(`^service +${name} `, 'm'));
    expect(whose.stdout).toMatch(
      new RegExp(`^why this port +its program listens here by itself; it was given ${port} `, 'm'),
    );

    for (const taken of [port, own]) {
      const refused = await home.cli(['allocate', '--type', 'dev', '--port', String(taken)]);
      expectError(refused, 75, 'PORT_TAKEN');
      const held = taken === port ? 'is leased to' : 'is used by';
      expect(refused.stderr).toContain(`${taken} ${held} ${name} (pid `);
      const checked = await home.api.check(taken);
      expect(checked).toMatchObject({ available: false, allocation: { lock_id: lease.lock_id } });
    }
    const { suggestions } = await home.json<SuggestAnswer>(['suggest', 'dev', '--count', '100']);
    expect(suggestions).not.toContain(own);

    await waitFor(() => run.stderr().split('\n').length > 2, 10_000, 'the user to be told');
    expect(run.stderr()).toBe(
      `styxy: ${name} listens on ${own}, not on its port ${port}: it does not read PORT; ` +
        `let its code read PORT; or, if it has an option for the port, give it {port} there\n` +
        `styxy: its next start asks for ${own}; in styxy.config.json, ` +
        `{"services":{"${name}":{"port":${own}}}} makes it the only one\n`,
    );

    writeFileSync(come, '');
    await waitFor(async () => (await leaseOf(name))?.state === 'bound', 10_000, 'the lease to be bound');
    expect(await leaseOf(name)).toMatchObject({ actual_ports: [port], url: `http://localhost:${port}` });
    await waitFor(() => run.stderr().split('\n').length > 3, 10_000, 'the user to be told again');
    expect(run.stderr().split('\n')[2]).toBe(`styxy: ${name} listens on its port ${port} now`);

    await end(run, name);
    expect((await home.json<CheckAnswer>(['check', String(own)])).available).toBe(true);
  });

  test('is ready for whoever waits, who is told where it is', async () => {
    const { run, own, name } = await drifting(['--wait']);
    await waitFor(() => run.stderr().includes('ready at'), 20_000, run.stderr);
    const drift = new RegExp(`${name} listens on ${own} instead of its port \\d+`);
    expect(run.stderr()).toMatch(new RegExp(`ready at http://localhost:${own} \\(${drift.source}\\)`));
    const url = `http://localhost:${own}\n`;
    const waited = await home.cli(['wait', name]);
    expect(waited).toMatchObject({ code: 0, stdout: url, stderr: expect.stringMatching(drift) });
    expect(await home.json(['wait', name])).toMatchObject({ port: own, ready: true });
    expect(await home.cli(['wait', String(own)])).toMatchObject({ code: 0, stdout: url });
    const ensured = await home.cli(['run', '--detach', '--wait', '--name', name, '--', NODE, '-v']);
    expect(ensured).toMatchObject({ code: 0, stdout: url, stderr: expect.stringMatching(drift) });
    expect((await home.cli(['stop', name])).code).toBe(0);
    await run.finished();
    await waitFor(async () => !(await leaseOf(name)), 5000, 'the lease to end');
  });

  test('keeps the real port when the daemon is killed, and its user is not told twice', async () => {
    const { run, own, name } = await drifting();
    await waitFor(() => run.stderr().includes('listens on'), 15_000, 'the user to be told');
    const before = await leaseOf(name);
    await home.killDaemon();
    await home.cli(['daemon', 'start']);
    const refused = await home.cli(['allocate', '--type', 'dev', '--port', String(own)]);
    expect(refused.stderr).toContain(`${own} is used by ${name} (pid `);
    await waitFor(async () => (await leaseOf(name))?.state === 'drifted', 5000, 'the same state');
    expect(await leaseOf(name)).toMatchObject({ lock_id: before?.lock_id, actual_ports: [own] });
    expect(run.stderr().match(/listens on/g)).toHaveLength(1);
    await end(run, name);
  });

  test('is found by its real port, and says nothing with --quiet', async () => {
    const { run, own, name } = await drifting(['--quiet']);
    const other = await drifting();
    await waitFor(() => other.run.stderr().includes('listens on'), 15_000, 'the other to be told');
    await waitFor(async () => (await leaseOf(name))?.state === 'drifted', 5000, 'the lease to drift');
    expect((await home.cli(['release', String(own)])).code).toBe(0);
    expect(await leaseOf(name)).toBeUndefined();
    expect(run.stderr()).toBe('');
    const { external } = await home.api.list();
    expect(external.map(({ port }) => port)).toContain(own);
    await end(other.run, other.name);
    await end(run, name);
  });
});
