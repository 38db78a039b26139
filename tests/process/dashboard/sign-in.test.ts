import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHROMIUM, testBrowser } from '../../support/browser.ts';
import { expectError } from '../../support/complaints.ts';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

const types = ({ first, last }: { first: number; last: number }) => ({
  dev: { port_range: [first, last - 1] as [number, number] },
});

describe('`styxy dashboard`', () => {
  const home = styxyHome({ types });
  const env = () => ({ STYXY_HTTP_PORT: String(home.ports.last) });
  const token = () => readFileSync(join(home.path, 'auth.token'), 'utf8').trim();

  test('prints an address that signs in, and opens nothing, with --json', async () => {
    const { url } = await home.json<{ url: string }>(['dashboard'], { env: env() });
    expect(url).toBe(`http://127.0.0.1:${home.ports.last}/#token=${token()}`);
    expect(existsSync(join(home.path, 'dashboard.html'))).toBe(false);
  });

  test('opens a page of its home that only its user can read; no command line has the token', async () => {
    const told = join(home.place, 'told');
    const browser = join(home.place, 'browser');
    writeFileSync(browser, `#!/bin/sh\nprintf '%s\\n' "$@" > ${told}\n`, { mode: 0o755 });
    const exit = await home.cli(['dashboard'], { env: { ...env(), BROWSER: browser } });
    expect(exit.code, exit.story).toBe(0);
    expect(exit.stdout + exit.stderr).not.toContain(token());
    const page = readFileSync(told, 'utf8').trim();
    expect(page).toBe(join(home.path, 'dashboard.html'));
    expect(statSync(page).mode & 0o777).toBe(0o600);
    expect(readFileSync(page, 'utf8')).toContain(`url=http://127.0.0.1:${home.ports.last}/#token=${token()}`);
  });

  test('says what to open where no browser starts', async () => {
    const exit = await home.cli(['dashboard'], { env: { ...env(), BROWSER: '/nowhere/at/all' } });
    expect(exit.code).toBe(1);
    expect(exit.stderr).toContain(`file://${join(home.path, 'dashboard.html')}`);
    expect(exit.stderr).not.toContain(token());
  });

  test('the token outlives the daemon, killed or replaced, unless others could read it', async () => {
    const before = token();
    await home.killDaemon();
    await home.cli(['status'], { env: env() });
    await home.cli(['daemon', 'restart'], { env: env() });
    expect(token()).toBe(before);
    chmodSync(join(home.path, 'auth.token'), 0o644);
    await home.killDaemon();
    await home.cli(['daemon', 'start'], { env: env() });
    expect(token()).not.toBe(before);
    expect(statSync(join(home.path, 'auth.token')).mode & 0o777).toBe(0o600);
  });
});

describe('without a TCP port', () => {
  const home = styxyHome();

  test('says why there is no dashboard', async () => {
    expectError(await home.cli(['dashboard']), 69, 'DAEMON_UNREACHABLE');
  });
});

describe.skipIf(CHROMIUM === undefined)('in Chromium', () => {
  const home = styxyHome({ types });
  const browser = testBrowser();
  const env = () => ({ STYXY_HTTP_PORT: String(home.ports.last) });
  const address = async () => (await home.json<{ url: string }>(['dashboard'], { env: env() })).url;

  test('the address signs in, loses its token at once, and can be used again; a reload stays signed in', async () => {
    const url = await address();
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    for (let turn = 0; turn < 2; turn++) {
      await page.goto(url);
      await page.locator('.link.live').waitFor();
      expect(page.url()).toBe(`http://127.0.0.1:${home.ports.last}/#now`);
    }
    await page.reload();
    await page.locator('.link.live').waitFor();
    const token = url.split('=')[1]!;
    expect(asked.filter((each) => each.includes(token) || !each.startsWith('http://127.0.0.1'))).toEqual([]);
    expect(await page.evaluate('[document.cookie, localStorage.length]')).toEqual(['', 0]);
    expect(browser.complaints).toEqual([]);
  });

  test('the page that is opened as a file leads there', async () => {
    await home.cli(['dashboard'], { env: { ...env(), BROWSER: 'true' } });
    const page = await browser.newPage();
    await page.goto(`file://${join(home.path, 'dashboard.html')}`);
    await page.locator('.link.live').waitFor();
    expect(page.url()).toBe(`http://127.0.0.1:${home.ports.last}/#now`);
  });

  test('without a token, or with a wrong one, it says how to get in, and asks for nothing more', async () => {
    await address();
    for (const fragment of ['', '#token=wrong']) {
      const page = await browser.newPage();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await page.goto(`http://127.0.0.1:${home.ports.last}/${fragment}`);
      await page.getByText('styxy dashboard').waitFor();
      expect(page.url()).not.toContain('token');
      const before = asked.length;
      await page.waitForTimeout(3000);
      expect(asked.slice(before)).toEqual([]);
      await page.close();
    }
  });

  test('no other page may show it, and no other site may ask the daemon', async () => {
    const url = await address();
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator('.link.live').waitFor();
    const answer = await page.goto(`http://127.0.0.1:${home.ports.last}/`);
    const policy = answer?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(await answer?.text()).not.toMatch(/<script(?![^>]*src=)|<style|style=| on\w+=/);
  });

  test('it tells within five seconds that the daemon is gone, and goes on when it is back', async () => {
    const page = await browser.newPage();
    await page.goto(await address());
    await page.locator('.link.live').waitFor();
    await home.killDaemon();
    await page.getByText('Connection lost.').waitFor({ timeout: 5000 });
    await home.cli(['daemon', 'start'], { env: env() });
    await page.getByText('Connection lost.').waitFor({ state: 'detached', timeout: 10_000 });
    await waitFor(async () => (await page.locator('.link.live').count()) === 1, 5000, 'live');
  });
});
