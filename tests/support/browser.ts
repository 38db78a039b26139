import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { tempDir } from './temp.ts';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The Chromium of this machine; undefined where there is none. */
export const CHROMIUM = PLACES.find((path) => existsSync(path));

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface TestBrowser {
  /** A page of a profile of its own, closed after the tests. */
  newPage(): Promise<Page>;
  /** What pages have written to their console, their errors and violations of their policy. */
  readonly complaints: readonly string[];
}

/** For the calling test file. */
export function testBrowser(): TestBrowser {
  const complaints: string[] = [];
  let browser: Browser | undefined;
  const home = tempDir('styxy-browser-');
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      args: FLAGS,
      env: { ...process.env, HOME: home.path },
    });
  });
  afterAll(async () => {
    await browser?.close();
    home.remove();
  });
  return {
    complaints,
    async newPage() {
      if (!browser) throw new Error('the browser is there only while tests run');
      const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, colorScheme: 'light' });
      page.setDefaultTimeout(15_000);
      page.on('console', (message) => {
        const isProblem = message.type() === 'error' || message.type() === 'warning';
        // A refusal of the daemon is an answer, which the page shows.
        if (isProblem && !message.text().startsWith('Failed to load resource'))
          complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      return page;
    },
  };
}
