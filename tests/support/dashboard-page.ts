import type { Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { TestBrowser } from './browser.ts';
import type { StyxyHome } from './home.ts';

export const VIEWS = ['Now', 'Ports', 'Time', 'Sessions', 'Log', 'Doctor', 'Metrics'] as const;

/**
 * The dashboard of this home, signed in and live; closed with the calling test.
 * @param prepare what has to be so before the page is loaded
 */
export async function openDashboard(
  home: StyxyHome,
  browser: TestBrowser,
  prepare: (page: Page) => Promise<void> = async () => undefined,
): Promise<Page> {
  const { url } = await home.json<{ url: string }>(['dashboard']);
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  await prepare(page);
  await page.goto(url);
  await page.locator('.link.live').waitFor();
  return page;
}

/** Opens a view, and waits until it has its answers. */
export async function goToView(page: Page, view: (typeof VIEWS)[number]): Promise<void> {
  await page.getByRole('link', { name: view, exact: true }).click();
  await page.getByRole('heading', { name: view, level: 1 }).waitFor();
  await page.getByText('Asking the daemon…').waitFor({ state: 'detached' });
  if (view === 'Doctor') await page.locator('.row').first().waitFor();
}
