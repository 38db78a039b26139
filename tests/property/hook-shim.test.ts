import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLine } from '../../src/hook/line/read.ts';
import { HARMLESS_PROGRAMS, HARMLESS_SUBCOMMANDS } from '../../src/hook/quick/harmless.ts';
import { shimText } from '../../src/hook/quick/shim.ts';
import { parseShell } from '../../src/tools/text/shell-parser.ts';
import { tempDir } from '../support/temp.ts';

const SETTING = { variables: { HOME: '/home/ann', PWD: '/work' } };
const SERVERS = [
  'vite',
  'npm run dev',
  'python3 -m http.server',
  './ls',
  'kill 1',
  'git -c a=!vite a',
  'exec vite',
];
const GLUE = [
  [' ', ' ', ' ', '  ', ' && ', '&&', ' || ', ' | ', '|', '; ', ';', ' ; ', ' & ', '&', '\n', '\t', '\r'],
  ['$(', ')', '`', '"', "'", '\\', '{ ', '; }', '(', '#', ' # ', ' > ', '>', '2>&1', ' 2>&1 ', '<', '<('],
  [
    '=',
    ' A=1 ',
    'A=1 ',
    '-',
    ' -- ',
    '*',
    '~',
    '$X',
    '!',
    ' ! ',
    '\u00A0',
    'é',
    '🚀',
    '\0',
    '\u001F',
    ',',
    '%',
  ],
].flat();
const plain = fc.constantFrom(
  ...HARMLESS_PROGRAMS,
  ...Object.entries(HARMLESS_SUBCOMMANDS).flatMap(([name, verbs]) => verbs.map((verb) => `${name} ${verb}`)),
  ...Object.keys(HARMLESS_SUBCOMMANDS),
  'a.txt',
  '-la',
  'x',
);
const line = fc
  .array(
    fc.oneof(plain, plain, fc.constantFrom(...GLUE), fc.constantFrom(...GLUE), fc.constantFrom(...SERVERS)),
    {
      minLength: 1,
      maxLength: 9,
    },
  )
  .map((pieces) => pieces.join(''));

/** Every program of the line is one of the list, as the parser of the hook reads it; what no shell reads runs nothing. */
function isHarmless(text: string): boolean {
  const found = readLine(text, parseShell, SETTING);
  return (
    found === undefined ||
    found.commands.every(({ words: [program, verb] }) => {
      const name = program?.value ?? '';
      const verbs = Object.hasOwn(HARMLESS_SUBCOMMANDS, name) ? HARMLESS_SUBCOMMANDS[name] : undefined;
      return HARMLESS_PROGRAMS.includes(name) || verbs?.includes(verb?.value ?? '') === true;
    })
  );
}

const RUNS = process.env['PROPERTY_RUNS'] === 'few' ? 60 : 300;

test('the script in front lets nothing pass of which it does not know every program', () => {
  const { path, remove } = tempDir();
  try {
    const shim = join(path, 'shim.sh');
    writeFileSync(shim, shimText(`printf asked`));
    let passed = 0;
    fc.assert(
      fc.property(line, fc.boolean(), (text, isAscii) => {
        const event = JSON.stringify({ hook_event_name: 'PreToolUse', tool_input: { command: text } });
        // As other languages write JSON.
        const input = isAscii
          ? event.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          : event;
        const { stdout, stderr, status } = spawnSync('/bin/sh', [shim], { input, encoding: 'utf8' });
        expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
        if (stdout === 'asked') return;
        passed += 1;
        expect(isHarmless(text), text).toBe(true);
      }),
      { numRuns: RUNS },
    );
    // A script that asks about everything would keep the promise, too.
    expect(passed).toBeGreaterThan(RUNS / 60);
  } finally {
    remove();
  }
  // Each run is a process.
}, 240_000);
