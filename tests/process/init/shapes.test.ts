import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startProgram, styxyHome } from '../../support/home.ts';
import { ROOT } from '../../e2e/support/project.ts';
import { usually } from '../../support/runs.ts';
import { FORMATS, type Shape, SHAPES, writeShape } from './shapes.ts';

interface Answer {
  applied: boolean;
  files: { file: string; change: string; scripts: { name: string; before: string; after: string }[] }[];
}

/** A tool that says how it was called, and does what it would do for the programs behind it. */
const FAKE = `#!/bin/sh
name=\${0##*/}
echo "$name $*" >> "$CALLS"
case $name in
  concurrently) for text in "$@"; do case $text in -*|npm:*) ;; *) sh -c "$text" ;; esac; done ;;
  cross-env) while :; do case $1 in *=*) export "$1"; shift ;; *) break ;; esac; done; "$@" ;;
  dotenv) while [ "$1" != -- ]; do shift; done; shift; "$@" ;;
  nodemon|tsx) ;;
esac
exit 0
`;
const TOOLS = [
  ...'vite next nuxt astro react-router react-router-serve react-scripts vue-cli-service ng gatsby storybook'.split(
    ' ',
  ),
  ...'nest nodemon tsx fastify wrangler vitepress docusaurus eleventy python3 serve http-server webpack'.split(
    ' ',
  ),
  ...'cross-env parcel rsbuild concurrently wait-on electron prisma dotenv tsc json-server'.split(' '),
];
const WRAPPER = /node (\.\.\/)*styxy\.cjs run -- /g;
/** For files that are there: they say so and end. */
const RECORDS = `require('node:fs').appendFileSync(process.env.CALLS, 'file ' + process.argv.slice(2).join(' ') + '\\n'); process.exit();\n`;

/** Of these all is tried, of the others only what is changed: one with each format. */
const IN_FULL = usually(SHAPES, (_, index) => index % (FORMATS.length + 1) === 0);

describe.skipIf(process.platform === 'win32')('styxy init', () => {
  const home = styxyHome();

  const init = async (folder: string, ...flags: string[]): Promise<Answer> => {
    const exit = await home.cli(['init', '--json', ...flags], { cwd: folder });
    expect(exit.code, exit.story).toBe(0);
    return JSON.parse(exit.stdout) as Answer;
  };

  const bin = (): string => {
    const folder = join(home.place, 'bin');
    mkdirSync(folder, { recursive: true });
    for (const tool of TOOLS) {
      writeFileSync(join(folder, tool), FAKE);
      chmodSync(join(folder, tool), 0o755);
    }
    return folder;
  };

  /** Runs a script's text as a package manager would. @returns the programs that it started */
  const callsOf = async (folder: string, text: string, env: Record<string, string>): Promise<string[]> => {
    const calls = join(home.place, `calls-${Math.random()}`);
    writeFileSync(calls, '');
    const PATH = [bin(), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
    const exit = await startProgram(['sh', '-c', text], {
      cwd: folder,
      env: { ...home.env, PATH, CALLS: calls, ...env },
    }).finished();
    const found = readFileSync(calls, 'utf8').replaceAll(WRAPPER, '').split('\n').filter(Boolean);
    rmSync(calls);
    expect(exit.stderr).not.toMatch(/error\[|not found/);
    return found.toSorted();
  };

  const recordInFiles = (folder: string, { files = {} }: Shape): void => {
    for (const [name, text] of Object.entries(files)) {
      if (/\.[jt]s$/.test(name)) writeFileSync(join(folder, name), RECORDS + text);
    }
  };

  test('is tried on 40 projects', () => {
    expect(SHAPES).toHaveLength(40);
    expect(new Set(SHAPES.map(({ title }) => title)).size).toBe(40);
  });

  test.each(SHAPES.map((shape, index) => [shape.title, shape, FORMATS[index % FORMATS.length]!] as const))(
    'changes the server scripts of %s, keeps every other byte, and takes it back',
    async (title, shape, format) => {
      const folder = join(home.place, title.replaceAll(/\W+/g, '-'));
      const files = writeShape(folder, shape, format);
      const read = () => files.map((file) => readFileSync(join(folder, file), 'utf8'));
      const names = () => readdirSync(folder).toSorted();
      const [before, namesBefore] = [read(), names()];

      const first = await init(folder, '--yes');
      const changed = first.files.flatMap(({ file, scripts }) =>
        scripts.map((each) => ({ ...each, dir: dirname(file) })),
      );
      expect(changed.map(({ dir, name }) => `${dir}:${name}`).toSorted()).toEqual(shape.servers.toSorted());
      // Without the wrapper each file is what it was.
      const after = read();
      expect(after.map((text) => text.replaceAll(WRAPPER, ''))).toEqual(before);
      if (!IN_FULL.includes(shape)) return;

      expect(await init(folder, '--yes')).toMatchObject({ applied: false, files: [] });
      expect(read()).toEqual(after);
      expect((await home.cli(['init', '--check'], { cwd: folder })).code).toBe(0);

      recordInFiles(folder, shape);
      for (const { dir, before: original, after: script } of changed) {
        const place = join(folder, dir);
        const own = await callsOf(place, original, {});
        expect(await callsOf(place, script, { STYXY: '0' }), script).toEqual(own);
        expect(await callsOf(place, script, { STYXY_HOME: join(home.place, 'nobody') }), script).toEqual(own);
      }

      await init(folder, '--undo');
      expect(read()).toEqual(before);
      expect(names()).toEqual(namesBefore);
      expect((await home.cli(['init', '--check'], { cwd: folder })).code).toBe(
        shape.servers.length > 0 ? 1 : 0,
      );
    },
  );

  test.each([
    ['front and back end', 'dev', ['concurrently', 'vite', 'file']],
    ['webpack with variables', 'dev', ['cross-env', 'webpack']],
    ['variables in front', 'dev', ['next']],
    ['a build first', 'dev', ['tsc', 'file']],
    ['static pages', 'demo', ['python3']],
  ])('%s: %s starts the same programs through Styxy', async (title, script, expected) => {
    const shape = SHAPES.find((each) => each.title === title)!;
    const folder = join(home.place, `through-${title.replaceAll(/\W+/g, '-')}`);
    writeShape(folder, shape, FORMATS[0]!);
    const { files } = await init(folder, '--yes');
    recordInFiles(folder, shape);
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    rmSync(join(folder, 'node_modules', 'styxy'), { force: true });
    symlinkSync(ROOT, join(folder, 'node_modules', 'styxy'));
    const text = files.flatMap(({ scripts }) => scripts).find(({ name }) => name === script)!.after;
    const calls = await callsOf(folder, text, {});
    expect(calls.map((call) => call.split(' ')[0]).toSorted()).toEqual(expected.toSorted());
    const { stdout } = await home.cli(['audit', '--json']);
    const { entries } = JSON.parse(stdout) as { entries: { action: string; project_path?: string }[] };
    expect(entries).toContainEqual(expect.objectContaining({ action: 'granted', project_path: folder }));
  });
});
