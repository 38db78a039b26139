import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { ERRORS } from '../../src/base/error-codes.ts';
import { createContext } from '../../src/cli/context.ts';
import { createProgram } from '../../src/cli/program.ts';
import { ENDPOINTS } from '../../src/protocol/endpoints.ts';
import { readSources } from '../support/source-tree.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = readSources();
const program = createProgram(createContext({}, '/'), () => undefined);

/** What stands behind "styxy" in a sentence without being a command. */
const PROSE = new Set(['and', 'command', 'does', 'is', 'itself', 'config']);

/** Groups whose command is put in as the program runs: `styxy hook <agent>`. */
const OPEN_GROUPS = new Set(['hook']);

const childOf = (parent: Command | undefined, word: string): Command | undefined =>
  parent?.commands.find((command) => command.name() === word || command.aliases().includes(word));

/** `styxy daemon logs` in a message: the words behind "styxy", as far as they can be commands. */
function mentionsIn(code: string): string[] {
  const mentions = code.matchAll(/(?<![-\w.@/])styxy ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?/g);
  return [...mentions].map(([, first = '', second]) => (second ? `${first} ${second}` : first));
}

/** Commands in a page: in code marks, or at the start of a line of code. */
function commandsInPage(page: string): string[] {
  const code = page.matchAll(/`([^`\n]+)`|^(?: {4})?(?:\$ |- run: |  - )?(styxy .*)$/gm);
  return [...code].flatMap(([, marked, line]) => mentionsIn(marked ?? line ?? ''));
}

/** `GET /check/{port}` of a text, its parameters as `*`. */
function routesIn(text: string): string[] {
  const routes = text.matchAll(/\b(GET|POST|PUT|PATCH|DELETE) (\/(?:[\w.-]+|\{\w+\}|:\w+|\/)*)/g);
  return [...routes].map(([, method, path = '']) => `${method} ${withoutNames(path.replace(/\.$/, ''))}`);
}

const withoutNames = (path: string): string => path.replaceAll(/\{\w+\}|:\w+/g, '*');

const ROUTES = new Set([
  'GET /',
  // Docker's, which the daemon asks.
  'GET /containers/json',
  ...Object.values(ENDPOINTS).map(({ method, path }) => `${method} ${withoutNames(path)}`),
]);

function isKnown(mention: string): boolean {
  const [first = '', second] = mention.split(' ');
  const command = childOf(program, first);
  if (second === undefined && OPEN_GROUPS.has(first)) return command !== undefined;
  if (command)
    return command.commands.length === 0 || (second !== undefined && childOf(command, second) !== undefined);
  return PROSE.has(first);
}

describe('a command that a message names', () => {
  const mentions = sources.flatMap(({ path, code }) =>
    mentionsIn(code).map((mention) => ({ path, mention })),
  );

  test('exists', () => {
    expect(mentions.length).toBeGreaterThan(30);
    expect(mentions.filter(({ mention }) => !isKnown(mention))).toEqual([]);
  });

  test('is noticed when it does not', () => {
    expect(mentionsIn(`hint: 'styxy daemon reboot helps, or styxy frobnicate'`)).toEqual([
      'daemon reboot',
      'frobnicate',
    ]);
    expect(['daemon reboot', 'frobnicate', 'daemon'].filter(isKnown)).toEqual([]);
  });
});

describe('what the documentation names', () => {
  const pages = ['README.md', ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })]
    .filter((name) => name.endsWith('.md'))
    .map((name) => (name === 'README.md' ? name : join('docs', name)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  const among = (find: (text: string) => string[]) =>
    [...pages, ...sources.map(({ path, code: text }) => ({ path, text }))].flatMap(({ path, text }) =>
      find(text).map((mention) => ({ path, mention })),
    );

  test('are commands that exist', () => {
    // Prose may go on behind a command without code marks: `styxy list` shows.
    const mentions = pages.flatMap(({ path, text }) =>
      commandsInPage(text).map((mention) => ({ path, mention })),
    );
    expect(mentions.length).toBeGreaterThan(100);
    // A page may name a group of commands as a whole, which prints its help.
    const exists = (mention: string) => isKnown(mention) || childOf(program, mention) !== undefined;
    expect(mentions.filter(({ mention }) => !exists(mention))).toEqual([]);
  });

  test('are routes that exist', () => {
    const mentions = among(routesIn);
    expect(mentions.length).toBeGreaterThan(40);
    expect(mentions.filter(({ mention }) => !ROUTES.has(mention))).toEqual([]);
  });

  test('is noticed when it does not exist', () => {
    expect(commandsInPage('use `styxy frobnicate now`\n```sh\n$ styxy daemon reboot\n```')).toEqual([
      'frobnicate now',
      'daemon reboot',
    ]);
    expect(routesIn('`GET /nowhere/{id}?x=1` and `PATCH /allocate/{anything}`')).toEqual([
      'GET /nowhere/*',
      'PATCH /allocate/*',
    ]);
    expect(ROUTES.has('GET /nowhere/*')).toBe(false);
    expect(ROUTES.has('PATCH /allocate/*')).toBe(true);
  });
});

describe('an error code', () => {
  test('is used by something', () => {
    const others = sources.filter(({ path }) => path !== 'src/base/error-codes.ts');
    const unused = Object.keys(ERRORS).filter(
      (code) => !others.some((file) => file.code.includes(`'${code}'`)),
    );
    expect(unused).toEqual([]);
  });

  test('has a status that HTTP knows for failures, an exit code of sysexits, and a hint', () => {
    const exits = [1, 64, 69, 70, 74, 75, 76, 77, 78, 126, 127];
    for (const { http, exit, hint } of Object.values(ERRORS)) {
      expect(http).toBeGreaterThanOrEqual(400);
      expect(exits).toContain(exit);
      expect(hint).toMatch(/^[a-z].{8,}[^.]$/);
    }
  });
});
