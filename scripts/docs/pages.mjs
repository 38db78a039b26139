/** Which files of the repository are pages of the site, and where. Paths are relative to the repository, with slashes. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The page that lists the others, in the order of a reader. */
const CONTENTS = 'docs/README.md';

/** Everything else that ends in `.md` is for those who work on it. */
export const NOT_PAGES = ['!(docs|examples)/**/*.md', '**/node_modules/**'];

/** Pages whose address is not their path. */
export const REWRITES = {
  'README.md': 'index.md',
  [CONTENTS]: 'contents.md',
  'docs/decisions/README.md': 'decisions/index.md',
  'docs/:page*': ':page*',
  'examples/:name/README.md': 'examples/:name/index.md',
};

/**
 * @param {string} from the page that has the link
 * @param {string} href the link as it stands in the page, as GitHub follows it
 * @returns {{ href: string, file?: string }} the same as an address of the site; `file` is no page, and has to be put there
 */
export function siteLink(from, href) {
  if (/^([a-z][\w+.-]*:|\/|#)/i.test(href)) return { href };
  const [, path = '', hash = ''] = /^([^#]*)(#.*)?$/.exec(href) ?? [];
  const target = fileOf(posix.join(posix.dirname(from), path));
  if (target.endsWith('.md')) return { href: `/${addressOf(target)}${hash}` };
  // Named so that every host serves it as a text to read.
  return { href: `/${target}.txt`, ...(existsSync(join(root, target)) && { file: target }) };
}

/** A folder is its README, as on GitHub. */
function fileOf(path) {
  const isFolder = statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? posix.join(path, 'README.md') : path;
}

function addressOf(page) {
  if (page === 'README.md') return '';
  if (page === CONTENTS) return 'contents.html';
  const path = page.replace(/^docs\//, '');
  return posix.basename(path) === 'README.md' ? path.replace(/README\.md$/, '') : path.replace(/md$/, 'html');
}

/** What stands beside each page: the lists of the contents, and of the decisions. */
export function sidebar() {
  const groups = listsOf(CONTENTS);
  const decisions = listsOf('docs/decisions/README.md').flatMap(({ items }) => items);
  return [...groups, { text: 'Decisions', collapsed: true, items: decisions }];
}

/** Headings of the second level with the links below them. */
function listsOf(page) {
  const groups = [{ text: '', items: [] }];
  for (const line of readFileSync(join(root, page), 'utf8').split('\n')) {
    const heading = /^## (.*)$/.exec(line);
    if (heading) groups.push({ text: heading[1], items: [] });
    const entry = /^(?:-|\d+\.) \[(.+?)\]\(([^)]+)\)/.exec(line);
    if (entry)
      groups.at(-1).items.push({ text: entry[1].replaceAll('`', ''), link: siteLink(page, entry[2]).href });
  }
  return groups.filter(({ items }) => items.length > 0);
}
