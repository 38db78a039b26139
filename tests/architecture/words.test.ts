import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { ERRORS } from '../../src/base/error-codes.ts';
import { createContext } from '../../src/cli/context.ts';
import { createProgram } from '../../src/cli/program.ts';
import { readSources } from '../support/source-tree.ts';

const sources = readSources();
const program = createProgram(createContext({}, '/'), () => undefined);

/** What stands behind "styxy" in a sentence without being a command. */
const PROSE = new Set(['and', 'command', 'does', 'is', 'itself', 'config']);

const childOf = (parent: Command | undefined, word: string): Command | undefined =>
  parent?.commands.find((command) => command.name() === word || command.aliases().includes(word));

/** `styxy daemon logs` in a message: the words behind "styxy", as far as they can be commands. */
function mentionsIn(code: string): string[] {
  const mentions = code.matchAll(/(?<![-\w.@/])styxy ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?/g);
  return [...mentions].map(([, first = '', second]) => (second ? `${first} ${second}` : first));
}

function isKnown(mention: string): boolean {
  const [first = '', second] = mention.split(' ');
  const command = childOf(program, first);
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
