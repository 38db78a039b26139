import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startProgram, styxyHome, type Exit } from '../support/home.ts';
import { isAlive, waitFor } from '../support/processes.ts';
import { ROOT, withPackages, writeProject } from './support/project.ts';

/**
 * The guides tell the truth: what stands in a block that is marked by a comment in the line above is done, in order, in
 * a project of the guide's own.
 *   test: file NAME    writes the file
 *   test: run          runs the commands, which must succeed; `exit N`: which must end with N
 *   test: background   starts them and goes on; they are ended with the guide
 *   test: until WORD   runs them until their output has the word
 *   test: prints       each of its lines was in the output of the commands before, whatever its numbers and spaces
 *
 * npx takes longer to start than Styxy does. Getting started goes through the real one; in the other guides a function
 * of the shell does what npx would, and starts the package's command.
 */
interface Step {
  readonly action: string;
  readonly argument: string;
  readonly text: string;
  readonly line: number;
}

const WITH_NPX = 'getting-started.md';
const LIKE_NPX = 'npx() { "$@"; }';
const GUIDES = join(ROOT, 'docs', 'guides');
const MARKED = /^<!-- test: (?<action>\w+) ?(?<argument>[^\n]*?) -->\n```\w*\n(?<text>.*?)^```$/gms;

function stepsOf(markdown: string): Step[] {
  return [...markdown.matchAll(MARKED)].map(({ groups, index }) => ({
    action: groups!['action']!,
    argument: groups!['argument']!,
    text: groups!['text']!,
    line: markdown.slice(0, index).split('\n').length,
  }));
}

const guides = readdirSync(GUIDES)
  .map((name) => ({ name, markdown: readFileSync(join(GUIDES, name), 'utf8') }))
  .map((guide) => ({ ...guide, steps: stepsOf(guide.markdown) }));

const curl = spawnSync('curl', ['--version']).status === 0;

describe('the guides', () => {
  const home = styxyHome({
    types: ({ first, last }) => ({
      dev: { port_range: [first, first + 39] },
      test: { port_range: [first + 40, first + 79] },
      api: { port_range: [first + 80, last] },
    }),
  });

  afterEach(async () => {
    const daemons = new Set(home.daemons());
    const left = () => home.processes().filter(({ pid }) => !daemons.has(pid) && isAlive(pid));
    // One may end by itself between the look and the signal.
    for (const { pid } of left()) if (isAlive(pid)) process.kill(pid, 'SIGTERM');
    await waitFor(() => left().length === 0, 15_000, 'what the guide started to end');
  });

  test('have no mark that this test does not find', () => {
    for (const { name, markdown, steps } of guides)
      expect(steps.length, name).toBe(markdown.split('<!-- test:').length - 1);
    expect(guides.flatMap(({ steps }) => steps).length).toBeGreaterThan(30);
  });

  const runnable = guides
    .filter(({ steps }) => steps.length > 0)
    .map(({ name, steps }) => [name, steps] as const);
  test.skipIf(!curl).each(runnable)('%s does what it says (needs curl)', async (name, steps) => {
    const folder = join(home.place, name.replace('.md', ''));
    // A second attempt begins anew.
    rmSync(folder, { recursive: true, force: true });
    const project = withPackages(writeProject(folder, { '.keep': '' }), ['styxy']);
    const sh = (text: string) =>
      startProgram(['sh', '-e', '-c', name === WITH_NPX ? text : `${LIKE_NPX}\n${text}`], {
        cwd: project,
        env: {
          ...home.env,
          npm_config_offline: 'true',
          PATH: `${join(project, 'node_modules', '.bin')}:${home.env['PATH']}`,
        },
      });
    let last: Exit | undefined;
    const doStep = async ({ action, argument, text, line }: Step): Promise<void> => {
      const at = `${name}:${line}`;
      if (action === 'file') writeProject(project, { [argument]: text });
      else if (action === 'background') sh(text);
      else if (action === 'prints') expectPrinted(text, last, at);
      else if (action === 'until') {
        await waitFor(
          async () => (last = await sh(text).finished()).stdout.includes(argument),
          30_000,
          `"${argument}" at ${at}`,
        );
      } else {
        expect(['run', 'exit'], at).toContain(action);
        last = await sh(text).finished();
        expect(last.code, `${at}: ${last.story}`).toBe(Number(argument || 0));
      }
    };
    for (const step of steps) await doStep(step);
  });
});

function expectPrinted(text: string, exit: Exit | undefined, at: string): void {
  // Several guides have a project of the same name, and then the later one's host has six more digits.
  const plain = (line: string): string =>
    line
      .replaceAll(/-[0-9a-f]{6}(?=\.localhost)/g, '')
      .replaceAll(/\d+/g, '#')
      .replaceAll(/\s+/g, ' ')
      .trim();
  const printed = plain(`${exit?.stdout}\n${exit?.stderr}`);
  for (const line of text.split('\n').filter(Boolean))
    expect(printed, `${at}: ${exit?.story}`).toContain(plain(line));
}
