/** The site of the docs: the Markdown of this repository as it is, at addresses of its own. Built by `npm run docs`. */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { slug } from 'github-slugger';
import { problemsOfSite } from '../check-site.mjs';
import { NOT_PAGES, REWRITES, root, sidebar, siteLink } from '../pages.mjs';

const icon = readFileSync(join(root, 'src/dashboard/icon.svg'), 'utf8');

/** Files that pages link to without being pages. */
const texts = new Set();

/** Links are written for GitHub, where a page is a path of the repository. */
function followLinks(md) {
  md.core.ruler.push('links-of-the-repository', ({ tokens, env }) => {
    const page = relative(root, env.realPath ?? env.path).replaceAll('\\', '/');
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== 'link_open') continue;
      const { href, file } = siteLink(page, token.attrGet('href'));
      token.attrSet('href', href);
      if (file) texts.add(file);
    }
  });
}

export default {
  title: 'Styxy',
  description:
    'A port of its own for every dev server on your machine, and the truth about who holds which port.',
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(icon)}` }]],
  srcDir: root,
  srcExclude: NOT_PAGES,
  rewrites: REWRITES,
  outDir: join(root, 'site'),
  cacheDir: join(root, 'node_modules/.cache/docs'),
  // Anchors are named as GitHub names them, so that a link works at both places.
  markdown: { config: followLinks, anchor: { slugify: slug } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: sidebar(),
    nav: [
      { text: 'Start', link: '/guides/getting-started.html' },
      { text: 'Guides', link: '/contents.html' },
      { text: 'Commands', link: '/reference/cli.html' },
      { text: 'Changes', link: '/CHANGELOG.html' },
    ],
  },
  buildEnd({ outDir, site }) {
    for (const file of texts) {
      mkdirSync(dirname(join(outDir, file)), { recursive: true });
      copyFileSync(join(root, file), join(outDir, `${file}.txt`));
    }
    const problems = problemsOfSite(outDir, site.base);
    if (problems.length > 0) throw new Error(`the site is not whole:\n${problems.join('\n')}`);
  },
};
