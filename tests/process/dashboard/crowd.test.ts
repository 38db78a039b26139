import type { CDPSession, Page } from 'playwright-core';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { CHROMIUM, testBrowser } from '../../support/browser.ts';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

const LEASES = 1000;
const BLOCKS = 4;
const PAIRS_OF_BLOCK = 100;
const PATIENCE_MS = 60_000;

/** Notes what the browser itself tells of paints and long tasks, and how many rows the first drawing has. */
const OBSERVER = `
  window.seen = { longTasks: [] };
  new PerformanceObserver((list) => seen.longTasks.push(...list.getEntries().map(({ startTime, duration }) =>
    ({ startTime, duration })))).observe({ type: 'longtask', buffered: true });
  new MutationObserver((_, observer) => {
    const rows = document.querySelectorAll('.row').length;
    if (rows === 0) return;
    observer.disconnect();
    seen.rows = rows;
    requestAnimationFrame(() => setTimeout(() => (seen.rowsAt = performance.now())));
  }).observe(document, { childList: true, subtree: true });
`;

interface Seen {
  readonly rows: number;
  readonly rowsAt: number;
  readonly longTasks: readonly { startTime: number; duration: number }[];
}

const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? NaN;

describe.skipIf(CHROMIUM === undefined)('the dashboard with a thousand leases', () => {
  // Far above the rows of ports of other tests; nothing listens there.
  const home = styxyHome({
    types: ({ last }) => ({
      dev: { port_range: [last - 1, last - 1] },
      crowd: { port_range: [40_000, 42_000] },
    }),
  });
  const browser = testBrowser();

  const lease = (name: string) =>
    home.api.allocate({ service_type: 'crowd', service_name: name, ttl_ms: 3_600_000 });

  // After a failed test there is no daemon, and no lease of before.
  beforeAll(async () => {
    await home.cli(['daemon', 'start'], { env: { STYXY_HTTP_PORT: String(home.ports.last) } });
    for (let at = 0; at < LEASES; at++) await lease(`service-${at}`);
  }, 240_000);

  const address = async (): Promise<string> => (await home.json<{ url: string }>(['dashboard'])).url;

  async function open(): Promise<Page> {
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.addInitScript(OBSERVER);
    await page.goto(await address());
    return page;
  }

  const allRows = (page: Page) =>
    waitFor(async () => (await page.locator('.row').count()) >= LEASES, PATIENCE_MS, 'all rows');

  test('paints some rows first, then all', async () => {
    const page = await open();
    await page.locator('.row').first().waitFor({ timeout: PATIENCE_MS });
    await allRows(page);
    const paints = await page.evaluate<{ name: string; startTime: number }[]>(
      `performance.getEntriesByType('paint').map(({ name, startTime }) => ({ name, startTime }))`,
    );
    const seen = await page.evaluate<Seen>('seen');
    const told = paints.map(({ name, startTime }) => `${name} ${Math.round(startTime)} ms`);
    console.log(
      `${LEASES} leases: ${told.join(', ')}, the first ${seen.rows} rows ${Math.round(seen.rowsAt)} ms`,
    );
    expect(paints.map(({ name }) => name)).toContain('first-contentful-paint');
    expect(seen.rows).toBeLessThan(LEASES / 10);
    expect(browser.complaints).toEqual([]);
  });

  /** What the page's thread has worked, without the time that other programs had its core. s */
  async function workOf(cdp: CDPSession): Promise<number> {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
  }

  test('is scrolled from end to end with a thread that is mostly idle', async () => {
    const page = await open();
    await allRows(page);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    const before = await workOf(cdp);
    const { took, longTasks, reached } = await page.evaluate<{
      took: number;
      longTasks: number[];
      reached: boolean;
    }>(SCROLL);
    const work = (await workOf(cdp)) - before;
    const inAll = Math.round(longTasks.reduce((sum, each) => sum + each, 0));
    console.log(
      `scrolled in ${Math.round(took)} ms: ${longTasks.length} long tasks, ${inAll} ms in all; ${Math.round(work * 1000)} ms of processor time`,
    );
    expect(reached).toBe(true);
    expect((work * 1000) / took).toBeLessThan(0.8);
  });

  /** Milliseconds of each grant with its release. */
  async function block(): Promise<number[]> {
    const all: number[] = [];
    for (let turn = 0; turn < PAIRS_OF_BLOCK; turn++) {
      const start = performance.now();
      const { lock_id: id } = await lease('comes-and-goes');
      await home.api.release(id);
      all.push(performance.now() - start);
    }
    return all;
  }

  test('leaves the daemon as quick as it is without it', async () => {
    const page = await open();
    const url = await address();
    const [withPage, without]: [number[], number[]] = [[], []];
    await block();
    for (let turn = 0; turn < BLOCKS; turn++) {
      await page.goto(url);
      await allRows(page);
      withPage.push(...(await block()));
      await page.goto('about:blank');
      without.push(...(await block()));
    }
    const told = [0.5, 0.99].map((part) => {
      const [one, other] = [quantile(withPage, part), quantile(without, part)];
      return `p${part * 100} ${one.toFixed(1)} ms with the page, ${other.toFixed(1)} ms without (x ${(one / other).toFixed(2)})`;
    });
    console.log(`allocate and release beside ${LEASES} leases: ${told.join('; ')}`);
    expect(quantile(withPage, 0.5) / quantile(without, 0.5)).toBeLessThan(2);
  });
});

/** Half a screen with every frame, to the end and back. */
const SCROLL = `new Promise((resolve) => {
  const begun = performance.now();
  let step = innerHeight / 2;
  let reached = false;
  const next = () => {
    const isAtEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
    if (isAtEnd) { reached = true; step = -step; }
    scrollBy(0, step);
    if (!reached || scrollY > 0) return requestAnimationFrame(next);
    const took = performance.now() - begun;
    setTimeout(() => resolve({ took, reached, longTasks: seen.longTasks
      .filter(({ startTime }) => startTime > begun).map(({ duration }) => duration) }), 100);
  };
  next();
})`;
