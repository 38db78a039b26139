import { cpSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, testBrowser } from '../support/browser.ts';
import { startProgram, styxyHome } from '../support/home.ts';
import { networkEnv, ROOT } from './support/project.ts';

const PAPERS = ['README.md', 'AGENTS.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'LICENSE'];
const SOURCES = [...PAPERS, 'docs', 'examples', 'package.json', 'scripts', 'src/dashboard/icon.svg'];
/** A name that is no host of this machine: every request is answered by the test. */
const HOST = 'docs.test';
const TYPES: Readonly<Record<string, string>> = { css: 'text/css', html: 'text/html', js: 'text/javascript' };

const home = styxyHome();

/** What the site is made of, elsewhere. */
function copyTo(name: string): string {
  const folder = join(home.place, name);
  rmSync(folder, { recursive: true, force: true });
  const isSource = (path: string) => !/node_modules|\.next|[\\/]dist$/.test(path.slice(ROOT.length));
  for (const source of SOURCES)
    cpSync(join(ROOT, source), join(folder, source), { recursive: true, filter: isSource });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** The fewest pages that a site can have. */
function smallCopy(name: string, page: string): string {
  const folder = copyTo(name);
  for (const part of ['docs', 'examples', ...PAPERS])
    rmSync(join(folder, part), { recursive: true, force: true });
  const texts = { 'README.md': '# Home\n', 'docs/README.md': page, 'docs/decisions/README.md': '# None\n' };
  for (const [file, text] of Object.entries(texts)) {
    cpSync(join(ROOT, file), join(folder, file));
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

const build = (folder: string) =>
  startProgram(['npm', 'run', 'docs'], { cwd: folder, env: { ...networkEnv(), ...home.env } }).finished(
    240_000,
  );

describe('the docs as a site', () => {
  const inSite = (path: string) => join(home.place, 'whole', 'site', path);

  beforeAll(async () => {
    const exit = await build(copyTo('whole'));
    expect(exit.code, exit.story).toBe(0);
  });

  test('have what pages link to: folders as pages, other files as texts', () => {
    const files = ['index.html', 'guides/up.html', 'examples/vitest-with-port/index.html', 'LICENSE.txt'];
    expect(files.filter((file) => !existsSync(inSite(file)))).toEqual([]);
    expect(readFileSync(inSite('LICENSE.txt'), 'utf8')).toContain('MIT');
  });

  describe.skipIf(CHROMIUM === undefined)('in Chromium', () => {
    const browser = testBrowser();

    test('are searched and read without any other host', async () => {
      const page = await browser.newPage();
      const elsewhere: string[] = [];
      await page.route('**/*', async (route) => {
        const url = new URL(route.request().url());
        const path = url.pathname.endsWith('/') ? `${url.pathname}index.html` : url.pathname;
        if (url.host !== HOST) elsewhere.push(url.href);
        if (url.host !== HOST || !existsSync(inSite(path))) return route.abort();
        const contentType = TYPES[path.split('.').at(-1) ?? ''];
        return route.fulfill({ path: inSite(path), ...(contentType !== undefined && { contentType }) });
      });
      await page.goto(`http://${HOST}/`);
      await page.getByRole('button', { name: 'Search' }).click();
      await page.getByRole('searchbox').fill('depends_on');
      await page.getByRole('option').filter({ hasText: 'What can be said of a service' }).first().click();
      await page.waitForURL('**/guides/up.html#what-can-be-said-of-a-service');
      await page.getByRole('heading', { name: 'All services of a project at once' }).waitFor();
      expect(elsewhere).toEqual([]);
      expect(browser.complaints).toEqual([]);
      await page.close();
    });
  });
});

describe('a site that is not whole is refused', () => {
  test('with a link that leads nowhere', async () => {
    const { code, stderr } = await build(smallCopy('dead-link', '# Pages\n\n[gone](guides/gone.md)\n'));
    expect(stderr).toMatch(/dead link \/guides\/gone in file docs\/README\.md/);
    expect(code).toBe(1);
  });

  test('with an anchor that leads nowhere, and with what comes from another host', async () => {
    const page = `# Pages\n\n[gone](../README.md#gone), [here](#pages)\n\n![](https://example.org/a.png)\n`;
    const { code, stderr } = await build(smallCopy('dead-anchor', page));
    expect(stderr).toContain('contents.html links to /#gone, and index.html has no such anchor');
    expect(stderr).toContain('contents.html loads https://example.org/a.png');
    expect(stderr).not.toContain('#pages');
    expect(code).toBe(1);
  });
});
