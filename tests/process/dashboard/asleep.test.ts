import { beforeEach, describe, expect, test } from 'vitest';
import { CHROMIUM, testBrowser } from '../../support/browser.ts';
import { openDashboard } from '../../support/dashboard-page.ts';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

const HOUR_MS = 3_600_000;

describe.skipIf(CHROMIUM === undefined)('the dashboard on a machine that sleeps', () => {
  const home = styxyHome({ types: ({ first, last }) => ({ dev: { port_range: [first, last - 1] } }) });
  const browser = testBrowser();
  const start = () => home.cli(['daemon', 'start'], { env: { STYXY_HTTP_PORT: String(home.ports.last) } });
  const lease = (name: string) => home.api.allocate({ service_name: name, ttl_ms: HOUR_MS });

  // After a failed test there is no daemon.
  beforeEach(start);

  test('is right after an hour asleep, in which the daemon became another one', async () => {
    const { lock_id: id } = await lease('ends-meanwhile');
    // Only timers that the page has from then on go by this clock.
    const page = await openDashboard(home, browser, (each) => each.clock.install());
    await page.getByText('ends-meanwhile', { exact: true }).first().waitFor();
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
    await home.api.release(id);
    await home.killDaemon();
    await start();
    await lease('began-meanwhile');
    await cdp.send('Page.setWebLifecycleState', { state: 'active' });
    await page.clock.fastForward(HOUR_MS);
    await waitFor(
      async () => {
        const shown = (await page.locator('.row').allInnerTexts()).join('\n');
        return shown.includes('began-meanwhile') && !shown.includes('ends-meanwhile');
      },
      20_000,
      'what is true now',
    );
    await page.locator('.link.live').waitFor();
    expect(browser.complaints).toEqual([]);
  });
});
