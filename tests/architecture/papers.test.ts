import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const { scripts, engines } = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  engines: { node: string };
};

const FORMS = readdirSync(join(root, '.github/ISSUE_TEMPLATE')).map(
  (name) => `.github/ISSUE_TEMPLATE/${name}`,
);
const PAPERS = [
  'README.md',
  'CONTRIBUTING.md',
  'AGENTS.md',
  'SECURITY.md',
  'docs/architecture.md',
  'docs/vocabulary.md',
  '.github/pull_request_template.md',
  '.github/workflows/ci.yml',
  '.ci/run',
];

/** `npm run check` in a text: the scripts that it names. `dev` is one of the reader's own project. */
const scriptsIn = (text: string): string[] =>
  [...text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'dev');

/** Paths of the repository that a text names: between code marks, or as the target of a link. */
const pathsIn = (text: string): string[] =>
  [
    ...text.matchAll(
      /`((?:src|tests|docs|config|scripts|bin|\.ci|\.github)\/[\w./-]+)`|\]\((?!https?:)([\w./-]+)\)/g,
    ),
  ].map(([, marked, linked]) => marked ?? linked ?? '');

/** The files that a page links to. */
const linksIn = (text: string): string[] =>
  [...text.matchAll(/\]\((?!https?:|#)([\w./-]+)(?:#[\w-]+)?\)/g)].map(([, path = '']) => path);

describe('what the papers name', () => {
  test.each(PAPERS)('%s names scripts of package.json and files that exist', (paper) => {
    const text = read(paper);
    expect(scriptsIn(text).filter((name) => !(name in scripts))).toEqual([]);
    const base = paper.startsWith('docs/') ? 'docs' : '.';
    const isThere = (path: string) => existsSync(join(root, path)) || existsSync(join(root, base, path));
    expect(pathsIn(text).filter((path) => !isThere(path))).toEqual([]);
  });

  test('is found in them', () => {
    const text =
      'Run `npm run frobnicate`, see `src/nowhere/x.ts` and [it](docs/nothing.md), not [that](https://a.b/c).';
    expect(scriptsIn(text)).toEqual(['frobnicate']);
    expect(pathsIn(text)).toEqual(['src/nowhere/x.ts', 'docs/nothing.md']);
    expect(pathsIn(read('AGENTS.md')).length).toBeGreaterThan(4);
  });
});

describe('a page of docs', () => {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((name) => join('docs', name))
    .filter((path) => path.endsWith('.md'));

  test('links to pages that exist', () => {
    expect(pages.length).toBeGreaterThan(20);
    const broken = pages.flatMap((page) =>
      linksIn(read(page))
        .filter((target) => !existsSync(join(root, dirname(page), target)))
        .map((target) => `${page} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test('that is a decision is in their list, under its own number', () => {
    const list = linksIn(read('docs/decisions/README.md'));
    const decisions = readdirSync(join(root, 'docs/decisions')).filter((name) => name !== 'README.md');
    expect(list.toSorted()).toEqual(decisions.toSorted());
    const numbers = decisions.map((name) => name.slice(0, 4));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test('is in one of the two lists that lead through all of them', () => {
    const lists = ['docs/README.md', 'docs/decisions/README.md'];
    const listed = lists.flatMap((list) =>
      linksIn(read(list)).map((target) => join(dirname(list), target).replaceAll('\\', '/')),
    );
    const isListed = (page: string) => listed.includes(page) || listed.includes(dirname(page));
    expect(pages.filter((page) => !lists.includes(page) && !isListed(page))).toEqual([]);
  });

  test('has links that are seen', () => {
    expect(linksIn('[a](b.md), [c](../d.md#e), [f](https://g.h), [i](#j)')).toEqual(['b.md', '../d.md']);
  });
});

/** The pictures of a page, each with the text that stands for it. */
const picturesIn = (text: string): { file: string; says?: string }[] =>
  [...text.matchAll(/!\[([^\]]*)\]\(([^)]+)\)|<img alt="([^"]*)" src="([^"]+)">|srcset="([^"]+)"/g)].map(
    ([, alt, shown, imgAlt, imgSource, source]) =>
      source === undefined ? { file: shown ?? imgSource ?? '', says: alt ?? imgAlt ?? '' } : { file: source },
  );

describe('a picture', () => {
  const shown = [
    'README.md',
    ...readdirSync(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`),
  ].flatMap((page) =>
    picturesIn(read(page)).map(({ file, says }) => ({ file: join(dirname(page), file), says })),
  );

  test('of a page has a text in its place, and is there', () => {
    expect(shown.filter(({ says }) => says !== undefined && says.length < 20)).toEqual([]);
    expect(shown.filter(({ file }) => !existsSync(join(root, file)))).toEqual([]);
  });

  test('that nobody shows is not kept', () => {
    const kept = readdirSync(join(root, 'docs/pictures')).map((name) => join('docs/pictures', name));
    expect(kept.filter((path) => !shown.some(({ file }) => file === path))).toEqual([]);
  });

  test('that moves is small, has no script, and loads nothing', () => {
    for (const name of readdirSync(join(root, 'docs/pictures')).filter((each) => each.endsWith('.svg'))) {
      const text = read(join('docs/pictures', name));
      expect(text.length, name).toBeLessThan(200_000);
      expect(text, name).not.toMatch(/<script|\son\w+=|href=|url\(|@import|\/tmp\//);
    }
  });

  test('is seen', () => {
    expect(picturesIn('![a b](c.svg) <img alt="d" src="e.svg"> <source srcset="f.svg">')).toEqual([
      { file: 'c.svg', says: 'a b' },
      { file: 'e.svg', says: 'd' },
      { file: 'f.svg' },
    ]);
  });
});

interface Job {
  readonly 'runs-on'?: unknown;
  readonly 'timeout-minutes'?: unknown;
  readonly strategy?: {
    readonly matrix: { readonly node: readonly string[]; readonly os?: readonly string[] };
  };
  readonly steps?: readonly { readonly uses?: string; readonly run?: string }[];
}

/** What is wrong with the shape of a workflow. */
function problemsOfWorkflow(text: string): string[] {
  const {
    on,
    permissions,
    jobs = {},
  } = parse(text) as { on?: unknown; permissions?: unknown; jobs?: Record<string, Job> };
  const problems = Object.entries(jobs).flatMap(([name, job]) => [
    ...(job['runs-on'] ? [] : [`${name} runs on nothing`]),
    ...(job['timeout-minutes'] ? [] : [`${name} has no timeout`]),
    ...(job.steps ?? []).flatMap(({ uses, run }) =>
      (uses === undefined) === (run === undefined) ||
      (uses !== undefined && !/^[\w.-]+\/[\w.-]+@v\d+$/.test(uses))
        ? [`${name} has a step that neither runs nor uses something: ${JSON.stringify({ uses, run })}`]
        : [],
    ),
  ]);
  if (!on || !permissions || Object.keys(jobs).length === 0) problems.push('no events, permissions or jobs');
  return problems;
}

describe('the workflow', () => {
  const workflow = read('.github/workflows/ci.yml');
  const { jobs } = parse(workflow) as { jobs: Record<string, Job> };
  const versions = (name: string): readonly string[] => jobs[name]?.strategy?.matrix.node ?? [];

  test('has jobs with an end, and steps that do something', () => {
    expect(problemsOfWorkflow(workflow)).toEqual([]);
  });

  test('runs on every Node that is promised, the oldest first', () => {
    const oldest = engines.node.replace('>=', '');
    expect(versions('linux')).toEqual([oldest, '20', '22', '24', '26']);
    expect(versions('elsewhere')[0]).toBe(oldest);
    expect(jobs['elsewhere']?.strategy?.matrix.os).toEqual(['macos-latest', 'windows-latest']);
  });

  test('says that it has never run', () => {
    expect(workflow.split('\n')[0]).toContain('Not run yet');
  });

  test.each([
    ['a job without an end', 'on: push\npermissions: {}\njobs: { a: { runs-on: x, steps: [{ run: ls }] } }'],
    [
      'a step that does nothing',
      'on: push\npermissions: {}\njobs: { a: { runs-on: x, timeout-minutes: 1, steps: [{ name: ls }] } }',
    ],
    ['no job', 'on: push\npermissions: {}'],
  ])('would be refused with %s', (_, text) => {
    expect(problemsOfWorkflow(text)).toHaveLength(1);
  });
});

describe('a form for issues', () => {
  test.each(FORMS.filter((path) => !path.endsWith('/config.yml')))('%s can be filled in', (path) => {
    const form = parse(read(path)) as {
      name: string;
      description: string;
      body: { type: string; id: string; attributes: { label: string } }[];
    };
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    expect(form.body.length).toBeGreaterThan(1);
    for (const { type, id, attributes } of form.body) {
      expect(['input', 'textarea', 'dropdown', 'checkboxes']).toContain(type);
      expect(id).toMatch(/^[a-z]+$/);
      expect(attributes.label.length).toBeGreaterThan(5);
    }
    expect(new Set(form.body.map(({ id }) => id)).size).toBe(form.body.length);
  });
});

test('updates come by themselves, for packages and for actions, but not beyond the oldest Node', () => {
  const { version, updates } = parse(read('.github/dependabot.yml')) as {
    version: number;
    updates: { 'package-ecosystem': string; ignore?: { 'dependency-name': string }[] }[];
  };
  expect(version).toBe(2);
  expect(updates.map((each) => each['package-ecosystem'])).toEqual(['npm', 'github-actions']);
  const held = updates[0]?.ignore?.map((each) => each['dependency-name']) ?? [];
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
  expect(held.filter((name) => !(name in devDependencies))).toEqual([]);
});
