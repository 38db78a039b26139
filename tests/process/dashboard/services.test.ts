import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { AllocateAnswer } from '../../../src/protocol/answers/lease.ts';
import { CHROMIUM, testBrowser } from '../../support/browser.ts';
import { goToView, openDashboard } from '../../support/dashboard-page.ts';
import { styxyHome, type Running } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { portServer, serverOf, whoIsAt } from '../../support/port-server.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import { shellQuote } from '../../support/wrapper.ts';

const NODE = process.execPath;
const elsewhere = fileURLToPath(new URL('../../support/programs/elsewhere.mjs', import.meta.url));

describe.skipIf(CHROMIUM === undefined)('the dashboard in Chromium', () => {
  const home = styxyHome({
    types: ({ first, last }) => ({ dev: { port_range: [first, last - 40], preferred_ports: [first] } }),
  });
  const browser = testBrowser();

  // The command that starts the daemon says whether it has a TCP port; after a failed test there is none.
  beforeEach(async () => {
    await home.cli(['daemon', 'start'], { env: { STYXY_HTTP_PORT: String(home.ports.last) } });
  });

  const open = () => openDashboard(home, browser);

  async function serve(name: string): Promise<Running> {
    const run = home.start(['run', '--name', name, '--', NODE, portServer]);
    onTestFinished(() => end(run));
    await serverOf(run);
    return run;
  }

  async function end(run: Running): Promise<void> {
    run.process.kill('SIGTERM');
    await run.finished();
  }

  const rowOf = (page: Page, text: string) => page.locator('.row').filter({ hasText: text });

  test('shows a service that starts in a shell, and its end, without a reload', async () => {
    const page = await open();
    const run = await serve('web');
    const row = rowOf(page, 'web');
    await row.getByText('listening').waitFor();
    expect(await row.getByText(String(home.ports.first), { exact: true }).count()).toBe(1);
    run.process.kill('SIGTERM');
    await row.waitFor({ state: 'detached' });
    expect(browser.complaints).toEqual([]);
  });

  test('stops exactly what is asked for, after a question', async () => {
    const [web, api] = [await serve('web'), await serve('api')];
    const { pid } = await serverOf(web);
    const page = await open();
    await rowOf(page, 'web').getByRole('button', { name: 'Stop web' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect(isAlive(pid)).toBe(true);
    await page.getByRole('button', { name: 'Stop web' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop web' }).click();
    await page.getByRole('status').getByText('stopped').waitFor();
    await rowOf(page, 'web').waitFor({ state: 'detached' });
    await web.finished();
    expect(isAlive(pid)).toBe(false);
    expect(isAlive((await serverOf(api)).pid)).toBe(true);
    expect(await rowOf(page, 'api').count()).toBe(1);
  });

  test('starts a service again on its port: another program, the same run', async () => {
    const run = await serve('web');
    const before = await serverOf(run);
    const page = await open();
    await page.getByRole('button', { name: 'Details of web' }).click();
    await page.getByRole('button', { name: 'Restart', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restart web' }).click();
    const after = await waitFor(
      async () => {
        const self = await whoIsAt(before.port).catch(() => undefined);
        return self && self.pid !== before.pid ? self : undefined;
      },
      20_000,
      'another server on the port',
    );
    expect(after.lockId).toBe(before.lockId);
    expect(isAlive(run.pid)).toBe(true);
    expect(run.stderr()).toContain('starting the command again');
  });

  test('tells what is drifted, external, orphaned and in conflict, and what to do', async () => {
    const page = await open();
    const own = home.ports.last - 5;
    const drifting = home.start(['run', '--name', 'drifter', '--', NODE, elsewhere, String(own), '/nowhere']);
    onTestFinished(() => end(drifting));
    await rowOf(page, 'drifter').getByText(`drifted: on ${own} instead of`).waitFor();
    expect(await rowOf(page, 'drifter').locator('.advice').count()).toBe(1);

    const outside = home.ports.first + 20;
    await startOutsider(outside, '127.0.0.1');
    await page.locator(`.row[data-port="${outside}"]`).getByText('external').waitFor();
    expect(
      await page.locator(`.row[data-port="${outside}"]`).getByRole('button', { name: /^Stop/ }).count(),
    ).toBe(0);

    const server = `require('http').createServer().listen(process.env.PORT, '127.0.0.1')`;
    const crowded = home.start(['run', '--name', 'crowded', '--', NODE, '-e', server]);
    onTestFinished(() => end(crowded));
    const row = rowOf(page, 'crowded');
    await row.getByText('listening').waitFor();
    await startOutsider(Number(await row.getAttribute('data-port')), '127.0.0.2');
    await rowOf(page, 'crowded').getByText('conflict').waitFor();

    const script = `read port; PORT=$port ${shellQuote([NODE, portServer])} & wait`;
    const holder = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'] });
    const lease = await home.json<AllocateAnswer>([
      'allocate',
      '--type',
      'dev',
      '--name',
      'left',
      '--pid',
      `${holder.pid}`,
    ]);
    holder.stdin.write(`${lease.port}\n`);
    const { pid } = await waitFor(() => whoIsAt(lease.port).catch(() => undefined), 20_000, 'the server');
    onTestFinished(() => void (isAlive(pid) && process.kill(pid, 'SIGKILL')));
    await rowOf(page, 'left').getByText('listening').waitFor();
    holder.kill('SIGKILL');
    await rowOf(page, 'left').getByText('orphaned').waitFor();
  });

  test('refuses to end a process that somebody has merely named', async () => {
    const sleeper = spawn('sleep', ['60'], { stdio: 'ignore' });
    onTestFinished(() => void sleeper.kill('SIGKILL'));
    await home.json(['allocate', '--type', 'dev', '--name', 'named', '--pid', `${sleeper.pid}`]);
    const page = await open();
    await page.getByRole('button', { name: 'Stop named' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop named' }).click();
    await page.getByRole('status').getByText("can't be stopped from here").waitFor();
    expect(isAlive(sleeper.pid ?? -1)).toBe(true);
  });

  test('follows what a service in the background prints', async () => {
    await home.cli(['run', '--detach', '--name', 'talker', '--', NODE, portServer]);
    onTestFinished(async () => void (await home.cli(['stop', 'talker'])));
    const page = await open();
    await goToView(page, 'Log');
    await page.getByLabel('Service').selectOption({ index: 0 });
    await page.getByRole('log').getByText('lockId').waitFor();
  });

  test('can be used by keys alone, with a ring where one is', async () => {
    await serve('web');
    const page = await open();
    await page.getByRole('button', { name: 'Stop web' }).waitFor();
    const focused = 'document.activeElement?.textContent';
    for (let turn = 0; turn < 40 && (await page.evaluate(focused)) !== 'Stop web'; turn++)
      await page.keyboard.press('Tab');
    expect(await page.evaluate(focused)).toBe('Stop web');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate(focused)).toBe('Stop web');
  });
});
