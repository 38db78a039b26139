import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CommandFacts, decideRewrite, understand } from '../../src/hook/decide.ts';
import { targetsIn } from '../../src/hook/guard/commands.ts';
import { parseShell } from '../../src/tools/text/shell-parser.ts';

const SETTING = { variables: { HOME: '/home/ann', PWD: '/work' } };
const WRAPPER = 'styxy run -- ';
const search = {
  parseShell,
  setting: SETTING,
  binds: ({ words: [first] }: { words: readonly { value: string | undefined }[] }) =>
    first?.value === 'serve',
};

const LINES = [
  'cd web && FOO=1 nohup serve -p 3000 > log 2>&1 &',
  'for p in 3000 3001; do kill $(lsof -ti:$p); done; serve',
  `bash -c "serve 'x'" || { serve; } | tee log`,
  'if serve; then eval "serve"; else (serve &) fi',
  'cat <<EOF | serve\nserve $(serve)\nEOF\nserve',
  'f() { serve; }; case $1 in a) serve ;; esac; x=$(serve) serve',
  `tmux new -d 'cd a && serve'; [[ -f a ]] && serve <(serve)`,
];
const PIECES = [
  'serve',
  ' ',
  '"',
  "'",
  '`',
  '$(',
  ')',
  '(',
  '{',
  '}',
  '\\',
  '\n',
  ';',
  '&',
  '|',
  '&&',
  '<<EOF',
  '$x',
  '#',
  '>',
  'é',
  '🚀',
  '\t',
  'if',
  'do',
  'done',
  'esac',
  '[[',
  ']]',
  '=',
  '*',
  '~',
  '0',
  'kill ',
  'xargs ',
  'styxy run -- ',
  'STYXY=0 ',
];

/** A line with pieces put in, taken out and doubled. */
const mutated = fc
  .tuple(
    fc.constantFrom(...LINES),
    fc.array(fc.tuple(fc.nat(200), fc.nat(8), fc.constantFrom(...PIECES)), { minLength: 1, maxLength: 6 }),
  )
  .map(([line, edits]) =>
    edits.reduce((text, [at, length, piece]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + piece + text.slice(start + length);
    }, line),
  );

const FACTS: CommandFacts = {
  ...search,
  program: 'styxy',
  permissions: () => ({
    rules: { allow: ['Bash(serve:*)'], ask: [], deny: ['Bash(rm *)'] },
    excludedCommands: [],
  }),
  onWrapped: () => undefined,
};

/** The line as it will run. */
function rewritten(text: string): string {
  const event = { kind: 'command', cwd: '/work', sessionId: 's', command: text, input: {} } as const;
  const line = understand(event, FACTS);
  if (line === undefined) return text;
  targetsIn(line, { parseShell, setting: SETTING, textsBehind: () => [] });
  const decision = decideRewrite(event, line, FACTS);
  return decision.kind === 'rewrite' ? decision.command : text;
}

const RUNS = 3000;

test('whatever the line is: nothing throws, and a rewrite only puts wrappers in, once', () => {
  fc.assert(
    fc.property(mutated, (text) => {
      const changed = rewritten(text);
      expect(changed.replaceAll(WRAPPER, '')).toBe(text.replaceAll(WRAPPER, ''));
      expect(rewritten(changed)).toBe(changed);
    }),
    { numRuns: Number(process.env['HOOK_RUNS'] ?? RUNS) },
  );
});
