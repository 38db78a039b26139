import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startTestDaemon } from '../../support/daemon.ts';
import { styxyHome } from '../../support/home.ts';
import { claimPorts } from '../../support/ports.ts';

describe('the token', () => {
  const home = styxyHome();
  const token = () => readFileSync(join(home.path, 'auth.token'), 'utf8').trim();

  test('is shown by its ends, and whole only to who asks for it', async () => {
    await home.json(['list']);
    const masked = `${token().slice(0, 4)}***${token().slice(-4)}`;
    expect(await home.json(['status'])).toMatchObject({ running: true, token: masked });
    const text = await home.cli(['status']);
    expect(text.stdout).toContain(masked);
    expect(text.stdout).not.toContain(token());
    for (const no of ['false', '1', '']) {
      const env = { STYXY_SHOW_FULL_KEY: no };
      expect((await home.cli(['status', '--json'], { env })).stdout).not.toContain(token());
    }
    const env = { STYXY_SHOW_FULL_KEY: 'true' };
    expect(await home.json(['status'], { env })).toMatchObject({ token: token() });
    expect((await home.cli(['daemon', 'status'], { env })).stdout).toContain(token());
  });

  test('is in no other output, log or report', async () => {
    const words = [
      ['audit', '--json'],
      ['metrics'],
      ['list', '--json'],
      ['daemon', 'logs'],
      ['config', 'show'],
    ];
    const exits = await Promise.all(
      words.map((each) => home.cli(each, { env: { STYXY_SHOW_FULL_KEY: 'true' } })),
    );
    for (const { stdout, stderr } of exits) expect(stdout + stderr).not.toContain(token());
    expect(readFileSync(join(home.path, 'audit.log'), 'utf8')).not.toContain(token());
  });
});

describe('STYXY_SKIP_AUTH', () => {
  const statusOf = (port: number, headers: Record<string, string> = {}): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path: '/status', headers });
      asked.once('error', reject).once('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.end();
    });

  test('counts only for a daemon that was started with it, which says so', async () => {
    await using block = await claimPorts();
    await using open = await startTestDaemon({ httpPort: block.first, env: { STYXY_SKIP_AUTH: 'true' } });
    expect(await statusOf(block.first)).toBe(200);
    expect(await statusOf(block.first, { authorization: 'Bearer anything' })).toBe(200);
    // Web pages stay out all the same.
    expect(await statusOf(block.first, { host: 'evil.example' })).toBe(403);
    expect(await statusOf(block.first, { origin: 'http://localhost' })).toBe(403);
    const { notices } = await open.coordinator.status();
    expect(notices).toContainEqual(expect.stringContaining('STYXY_SKIP_AUTH'));
  });

  test.each([undefined, 'false', '1', 'TRUE'])('with %j a daemon asks for its token', async (value) => {
    await using block = await claimPorts();
    await using closed = await startTestDaemon({
      httpPort: block.first,
      env: value === undefined ? {} : { STYXY_SKIP_AUTH: value },
    });
    expect(await statusOf(block.first)).toBe(401);
    expect((await closed.coordinator.status()).notices).toEqual([]);
  });
});
