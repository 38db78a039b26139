import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Allocation } from '../../../../src/protocol/answers/allocation.ts';
import { CHROMIUM, testBrowser } from '../../../support/browser.ts';
import { styxyHome, type StyxyHome } from '../../../support/home.ts';
import { waitFor } from '../../../support/processes.ts';
import type { PageCase } from '../cases/pages.ts';
import { install, type Installed, writeFiles } from './scratch.ts';
import { SAYS } from './tool-case.ts';

/** On a machine with other work a first build may take minutes. */
const PATIENCE_MS = 240_000;
/** A change that came before the page listened for changes is made again. */
const NOTICED_MS = 45_000;
const CHANGED = 'Changed while it was open';

/** Each tool in two worktrees, their pages open by name in one browser. */
export function provePages(tools: readonly PageCase[]): void {
  describe.each(tools.map((tool) => [tool.name, tool] as const))('the page of %s', (_, tool) => {
    const home = styxyHome();
    const browser = CHROMIUM ? testBrowser() : undefined;
    let installed: Installed | string = 'it was not tried';

    beforeAll(async () => {
      installed = await install(tool);
    }, 900_000);

    test('opens by its name, follows a change of its source, and keeps its cookies from the other worktree', async ({
      skip,
    }) => {
      const chromium = browser ?? skip('this machine has no Chromium');
      const there = typeof installed === 'string' ? skip(installed) : installed;
      const trees = worktrees(home.place, tool, there);
      const { PATH } = there;
      const [one, two] = await Promise.all(trees.map((tree) => start(home, tree, tool, PATH)));
      expect(one?.name_url).toBe(`http://page.localhost:${one?.port}`);
      expect(two?.name_url).toBe(`http://page--feature.localhost:${two?.port}`);
      const page = await chromium.newPage();
      await open(page, one?.name_url);
      await follow(page, join(trees[0], tool.source), tool.reloads ?? false);
      await setCookies(page);
      const request = await open(page, two?.name_url);
      expect((await request.allHeaders())['cookie']).toBeUndefined();
      expect(await page.evaluate('document.cookie')).toBe('');
      // A server may render what was there before a change, which is told by Vue.
      expect(chromium.complaints.filter((each) => !each.includes('ydration'))).toEqual([]);
      const again = await open(page, one?.name_url, CHANGED);
      expect((await again.allHeaders())['cookie']).toContain('tree=main; all=main');
      for (const tree of trees) {
        const stopped = await home.cli(['stop', '--all'], { cwd: tree });
        expect(stopped.code, stopped.story).toBe(0);
      }
    });
  });
}

/** The checkout of a repository and a linked worktree, each with the tool's packages. */
function worktrees(place: string, tool: PageCase, { folder }: Installed): [string, string] {
  const [main, linked] = [join(place, 'main'), join(place, 'feature')] as const;
  execFileSync('rm', ['-rf', main, linked]);
  const git = (...command: string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...command], { cwd: place });
  git('init', '-q', '-b', 'main', main);
  writeFiles(main, tool);
  writeFileSync(join(main, '.gitignore'), 'node_modules\n');
  git('-C', main, 'add', '.');
  git('-C', main, 'commit', '-q', '-m', 'all');
  git('-C', main, 'worktree', 'add', '-q', linked);
  // Hard links: some tools take nothing from outside of their project.
  for (const tree of [main, linked]) execFileSync('cp', ['-al', join(folder, 'node_modules'), tree]);
  return [main, linked];
}

async function start(home: StyxyHome, cwd: string, tool: PageCase, PATH: string): Promise<Allocation> {
  const words = [
    'run',
    '--detach',
    '--wait',
    '--timeout',
    '200s',
    '--json',
    '--',
    ...tool.command.split(' '),
  ];
  const run = home.start(words, { cwd, env: { ...tool.env, PATH } });
  const exit = await run.finished(PATIENCE_MS);
  expect(exit.code, exit.story).toBe(0);
  return JSON.parse(exit.stdout) as Allocation;
}

/** @returns the request for the page itself */
async function open(page: Page, url: string | null | undefined, says = SAYS) {
  const response = await page.goto(url ?? '', { timeout: PATIENCE_MS });
  await shows(page, says);
  if (!response) throw new Error(`${url} was not asked for`);
  return response.request();
}

const shows = (page: Page, says: string): Promise<void> =>
  page.getByText(says).first().waitFor({ timeout: PATIENCE_MS });

/** When a page begins to listen for changes can't be seen: the text is changed until the page has it. */
async function follow(page: Page, file: string, reloads: boolean): Promise<void> {
  // Some never are: it is the best time, not the only one.
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.evaluate('globalThis.stays = true');
  const text = readFileSync(file, 'utf8');
  let changes = 0;
  await waitFor(
    async () => {
      writeFileSync(file, `${text.replace(SAYS, CHANGED)}${'\n'.repeat(++changes)}`);
      return page
        .getByText(CHANGED)
        .first()
        .waitFor({ timeout: NOTICED_MS })
        .then(
          () => true,
          () => false,
        );
    },
    PATIENCE_MS,
    `the page to show what was changed in ${file}`,
  );
  if (!reloads) expect(await page.evaluate('globalThis.stays === true')).toBe(true);
}

/** One of the page's host, and one that the other services of its worktree get as well. */
async function setCookies(page: Page): Promise<void> {
  await page.evaluate("document.cookie = 'tree=main; path=/'");
  await page.evaluate("document.cookie = 'all=main; path=/; domain=' + location.hostname");
}
