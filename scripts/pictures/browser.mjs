/** The dashboard of a real daemon, as Chromium shows it in light and in dark. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
];
/** Of 1: the rest is not seen. */
const QUALITY = 0.85;
/** For screens with two pixels where there was one. */
const SCALE = 1.5;

/** The Chromium of this machine; undefined where there is none. */
export const CHROMIUM = PLACES.find((path) => existsSync(path));

/**
 * @param {object} scenario see `scenarios/dashboard.mjs`
 * @param {object} stage
 * @returns {Promise<{ text: string, images: Record<'light' | 'dark', Buffer> }>} the page's text, and WebP
 */
export async function photograph(scenario, stage) {
  for (const { in: name, words } of scenario.calls) stage.call(words, join(stage.home, name));
  const { url } = JSON.parse(stage.call(['dashboard', '--json']));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, env: stage.env });
  try {
    const images = {};
    let text = '';
    for (const colorScheme of ['light', 'dark']) {
      const page = await browser.newPage({ viewport: scenario.size, colorScheme, deviceScaleFactor: SCALE });
      await page.goto(url);
      for (const seen of scenario.shows) await page.getByText(seen).first().waitFor({ timeout: 60_000 });
      await page.evaluate(hideHome, stage.home);
      text = await page.evaluate('document.body.innerText');
      images[colorScheme] = await toWebp(browser, await page.screenshot());
      await page.close();
    }
    return { text, images };
  } finally {
    await browser.close();
  }
}

/** Runs in the page, which shows folders as they are. The shell of the other pictures writes its home as `~`, too. */
function hideHome(home) {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(home, '~');
}

/** By the browser itself, which can write the format that it reads. */
async function toWebp(browser, png) {
  const page = await browser.newPage();
  const data = await page.evaluate(
    async ([source, quality]) => {
      const image = await createImageBitmap(await (await fetch(source)).blob());
      const canvas = Object.assign(document.createElement('canvas'), {
        width: image.width,
        height: image.height,
      });
      canvas.getContext('2d').drawImage(image, 0, 0);
      return canvas.toDataURL('image/webp', quality);
    },
    [`data:image/png;base64,${png.toString('base64')}`, QUALITY],
  );
  await page.close();
  return Buffer.from(data.split(',')[1], 'base64');
}
