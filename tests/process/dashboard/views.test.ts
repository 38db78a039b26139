import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { source as axe } from 'axe-core';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { CHROMIUM, testBrowser } from '../../support/browser.ts';
import { goToView, openDashboard, VIEWS } from '../../support/dashboard-page.ts';
import { startProgram, styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

const NODE = process.execPath;
const program = (name: string) => fileURLToPath(new URL(`../../support/programs/${name}`, import.meta.url));

/** HTML, a sign that turns the direction of what follows, and a colour of terminals. */
const ODD = '<b>\u202eevil\u001b[31m';
const ODD_BRANCH = '<i>\u202eodd';
const TALKER = `console.log(${JSON.stringify(ODD)}); require('http').createServer().listen(process.env.PORT)`;

const LOOKS = [
  { scheme: 'light', width: 1200 },
  { scheme: 'light', width: 360 },
  { scheme: 'dark', width: 1200 },
  { scheme: 'dark', width: 360 },
] as const;

describe.skipIf(CHROMIUM === undefined)('every view of the dashboard', () => {
  const home = styxyHome({ types: ({ first, last }) => ({ dev: { port_range: [first, last - 40] } }) });
  const browser = testBrowser();

  // After a failed test there is no daemon.
  beforeEach(async () => {
    await home.cli(['daemon', 'start'], { env: { STYXY_HTTP_PORT: String(home.ports.last) } });
  });

  /** A service, an outsider and a session of the same folder. */
  async function populate(): Promise<void> {
    const folder = join(home.place, ODD);
    mkdirSync(folder, { recursive: true });
    spawnSync('git', ['init', '-q', '-b', ODD_BRANCH, folder]);
    await home.cli(['run', '--detach', '--name', 'odd', '--', NODE, '-e', TALKER, ODD], { cwd: folder });
    onTestFinished(async () => void (await home.cli(['stop', 'odd'], { cwd: folder })));
    const port = home.ports.first + 20;
    const words = [NODE, program('outsider.mjs'), String(port), '127.0.0.1', 'dual', ODD];
    const outsider = startProgram(words, { cwd: folder, env: home.env });
    onTestFinished(() => void outsider.process.kill('SIGKILL'));
    await waitFor(() => outsider.stdout() !== '', 20_000, 'the outsider to listen');
    await home.cli(['instances', 'register', 'reviewer', '--dir', folder]);
    await waitFor(isSeen, 60_000, 'the service and the outsider');
  }

  async function drift(): Promise<void> {
    const own = String(home.ports.last - 5);
    const drifter = home.start(['run', '--name', 'drifter', '--', NODE, program('elsewhere.mjs'), own]);
    onTestFinished(async () => {
      drifter.process.kill('SIGTERM');
      await drifter.finished();
    });
    await waitFor(async () => (await states()).includes('drifted'), 60_000, drifter.stderr);
  }

  const states = async () => (await home.api.list()).allocations.map(({ state }) => state);

  async function isSeen(): Promise<boolean> {
    const { external } = await home.api.list();
    return external.length > 0 && (await states()).includes('bound');
  }

  /** Whatever people see, or have read to them. */
  const wordsOf = (page: Page) =>
    page.evaluate<string>(`[document.querySelector('main').innerText,
      ...[...document.querySelectorAll('main *')].flatMap((each) =>
        [each.title, each.ariaLabel, each.label, each.value])].join('\\n')`);

  test('shows texts of others as texts', async () => {
    await populate();
    const page = await openDashboard(home, browser);
    for (const view of VIEWS) {
      await goToView(page, view);
      if (view === 'Now') await page.getByRole('button', { name: 'Details of odd' }).click();
      if (view === 'Log') await page.getByLabel('Service').selectOption({ label: await odd(page) });
      if (view === 'Log') await page.getByRole('log').getByText('evil').waitFor();
      const shown = await wordsOf(page);
      const found = {
        view,
        isTold: shown.includes('<b>'),
        unseen: /.{0,20}[\u001b\u202e].{0,20}/u.exec(shown)?.[0],
        elements: await page.locator('main b, main i').count(),
      };
      expect(found).toEqual({ view, isTold: view !== 'Metrics', unseen: undefined, elements: 0 });
      if (view === 'Now') expect(shown).toContain(String.raw`<i>\u{202e}odd`);
    }
    expect(browser.complaints).toEqual([]);
  });

  async function odd(page: Page): Promise<string> {
    const titles = await page.locator('option').allTextContents();
    return titles.find((each) => each.startsWith('odd ')) ?? '';
  }

  async function complaintsOfAxe(page: Page): Promise<string[]> {
    const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
      'axe.run()',
    );
    return violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(' ')}`);
  }

  async function expectAccessible(page: Page, what: string): Promise<void> {
    for (const { scheme, width } of LOOKS) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: scheme });
      const found = await complaintsOfAxe(page);
      const isWider = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
      expect({ what, scheme, width, found, isWider }).toEqual({
        what,
        scheme,
        width,
        found: [],
        isWider: false,
      });
    }
  }

  test('has nothing that axe complains of, in light and dark, wide and narrow', async () => {
    await populate();
    await drift();
    const page = await openDashboard(home, browser);
    await page.evaluate(axe);
    for (const view of VIEWS) {
      await goToView(page, view);
      if (view === 'Now') await page.getByRole('button', { name: 'Details of odd' }).click();
      await expectAccessible(page, view);
    }
    await goToView(page, 'Now');
    await page.getByRole('button', { name: 'Stop odd' }).click();
    await page.getByRole('dialog').waitFor();
    await expectAccessible(page, 'a question');
    expect(browser.complaints).toEqual([]);
  });
});
