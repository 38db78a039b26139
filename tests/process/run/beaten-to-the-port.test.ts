import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { AuditAnswer } from '../../../src/protocol/answers/audit.ts';
import { styxyHome, type Running } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { isAlive, waitFor } from '../../support/processes.ts';

const SEEKER = fileURLToPath(new URL('../../support/programs/port-seeker.mjs', import.meta.url));
const NODE = process.execPath;

describe('a program that an outsider beats to its port', () => {
  const home = styxyHome();
  let turns = 0;

  const seeker = (options: readonly string[], codeWhenTaken: number) => {
    const prefix = join(home.place, `go-${turns++}`);
    const name = `seeker-${turns}`;
    const command = [NODE, SEEKER, prefix, String(codeWhenTaken)];
    return { prefix, run: home.start(['run', '--name', name, ...options, '--', ...command]) };
  };

  /** The port of the program's start number `index`, as soon as it has said it. */
  async function portOfStart(run: Running, index: number): Promise<number> {
    const starts = await waitFor(
      () => {
        const seen = [...run.stdout().matchAll(/^start (\d+)$/gm)];
        return seen.length > index ? seen : undefined;
      },
      20_000,
      () => `start number ${index} of: ${run.stdout()}; ${run.stderr()}`,
    );
    return Number(starts[index]![1]);
  }

  /** An outsider listens on the leased port before the program tries to. */
  async function beaten(options: readonly string[], codeWhenTaken: number) {
    const { run, prefix } = seeker(options, codeWhenTaken);
    const port = await portOfStart(run, 0);
    const outsider = await startOutsider(port, '127.0.0.1');
    writeFileSync(`${prefix}-${port}`, '');
    return { run, prefix, port, outsider };
  }

  test('is started again once, on a new port, and the user is told', async () => {
    const { run, prefix, port, outsider } = await beaten([], 1);
    const second = await portOfStart(run, 1);
    expect(second).not.toBe(port);
    writeFileSync(`${prefix}-${second}`, '');
    await waitFor(() => run.stdout().includes('listening'), 20_000, run.stderr);
    expect(run.stdout()).toBe(`start ${port}\nEADDRINUSE\nstart ${second}\nlistening ${second}\n`);
    expect(run.stderr()).toBe(
      `styxy: port ${port} was taken by another program before the command could bind it; ` +
        `starting again on ${second}\n`,
    );
    const { allocations } = await home.api.list();
    expect(allocations.map((each) => [each.port, each.process_id === run.pid])).toEqual([[second, false]]);
    expect(isAlive(outsider.pid)).toBe(true);
    run.process.kill('SIGTERM');
    expect((await run.finished()).signal).toBe('SIGTERM');
    await outsider.end();
    const { entries } = await home.json<AuditAnswer>(['audit', '--action', 'conflict']);
    expect(entries).toMatchObject([{ port, type: 'dev', service_name: 'seeker-1', pid: run.pid }]);
    expect((await home.api.status()).recovery.port_conflict.conflicts).toBe(1);
  });

  test.each([
    ['with --retries 0', ['--retries', '0'], 7],
    ['when it exits with 0: that is no failure', [], 0],
  ])('is not started again %s, and its exit code is what the user gets', async (_, options, code) => {
    const { run, port, outsider } = await beaten(options, code);
    const exit = await run.finished();
    expect(exit.code, exit.story).toBe(code);
    expect(exit.stdout).toBe(`start ${port}\nEADDRINUSE\n`);
    expect(exit.stderr).toBe('');
    await outsider.end();
  });

  test('is not moved away from a port that was asked for by --port', async () => {
    const { run, port, outsider } = await beaten(['--port', String(home.ports.last)], 9);
    expect(port).toBe(home.ports.last);
    const exit = await run.finished();
    expect(exit.code, exit.story).toBe(9);
    expect(exit.stdout).toBe(`start ${port}\nEADDRINUSE\n`);
    await outsider.end();
  });

  test('is started again at most --retries times, then its exit code is what the user gets', async () => {
    const { run, prefix, port, outsider } = await beaten(['--retries', '2'], 5);
    const outsiders = [outsider];
    const ports = [port];
    for (const index of [1, 2]) {
      const next = await portOfStart(run, index);
      outsiders.push(await startOutsider(next, '127.0.0.1'));
      ports.push(next);
      writeFileSync(`${prefix}-${next}`, '');
    }
    const exit = await run.finished();
    expect(exit.code, exit.story).toBe(5);
    expect(new Set(ports).size).toBe(3);
    expect(exit.stdout).toBe(ports.map((each) => `start ${each}\nEADDRINUSE\n`).join(''));
    // The daemon is told at the end, and looks then whether something is left on the port.
    await waitFor(async () => (await home.api.list()).allocations.length === 0, 20_000, 'the lease to end');
    for (const each of outsiders) await each.end();
  });

  test('has its --retries whatever restarts were ordered before', async () => {
    const { run, prefix } = seeker(['--retries', '1'], 5);
    const port = await portOfStart(run, 0);
    for (const index of [1, 2]) {
      const lease = (await home.api.list()).allocations.find((each) => each.port === port);
      await home.api.restart(lease?.lock_id ?? '');
      expect(await portOfStart(run, index)).toBe(port);
    }
    const outsider = await startOutsider(port, '127.0.0.1');
    writeFileSync(`${prefix}-${port}`, '');
    const next = await portOfStart(run, 3);
    expect(next).not.toBe(port);
    writeFileSync(`${prefix}-${next}`, '');
    await waitFor(() => run.stdout().includes('listening'), 20_000, run.stderr);
    run.process.kill('SIGTERM');
    await run.finished();
    await outsider.end();
  });

  test('that fails for a reason of its own is not started again', async () => {
    const exit = await home.cli(['run', '--', 'sh', '-c', 'echo once; exit 1']);
    expect({ code: exit.code, stdout: exit.stdout, stderr: exit.stderr }).toEqual({
      code: 1,
      stdout: 'once\n',
      stderr: '',
    });
  });

  test('that leaves its own server on the port and fails is not started again', async () => {
    const script =
      'const { spawn } = require("node:child_process");' +
      'const server = spawn(process.execPath, ["-e", `require("node:http").createServer().listen(process.env.PORT, ' +
      '() => process.send("listening")); setTimeout(() => {}, 60000)`], { detached: true, stdio: ["ignore", "ignore", "ignore", "ipc"] });' +
      'server.once("message", () => { console.log(server.pid); process.exit(4) })';
    const exit = await home.cli(['run', '--name', 'leaving', '--', NODE, '-e', script]);
    expect(exit.code, exit.story).toBe(4);
    expect(exit.stdout.trim()).toMatch(/^\d+$/);
    const server = Number(exit.stdout);
    expect(isAlive(server)).toBe(true);
    process.kill(server, 'SIGKILL');
  });
});
