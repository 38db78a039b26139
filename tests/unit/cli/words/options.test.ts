import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { createContext } from '../../../../src/cli/context.ts';
import {
  countOption,
  durationOption,
  pidOption,
  portOption,
  portsOption,
  suggestionsOption,
  ttlOption,
  variableOption,
} from '../../../../src/cli/words/options.ts';
import { createProgram } from '../../../../src/cli/program.ts';

test.each([
  [portOption, '3000', 3000],
  [countOption, '0', 0],
  [countOption, '999', 999],
  [pidOption, '4711', 4711],
  [durationOption, '10m', 600_000],
  [ttlOption, '30d', 2_592_000_000],
  [suggestionsOption, '100', 100],
])('%o reads %s', (read, text, value) => {
  expect(read(text)).toBe(value);
});

test.each([
  ...['', '0', '65536', '3000abc', '3000.5', '-1', '__proto__'].map((text) => [portOption, text] as const),
  ...['', '-1', '1.5', '1000', 'x'].map((text) => [countOption, text] as const),
  ...['', '0', '-1', '1.5', '12345678901'].map((text) => [pidOption, text] as const),
  ...['', 'soon', '5 m'].map((text) => [durationOption, text] as const),
  ...['', '0', '31d'].map((text) => [ttlOption, text] as const),
  ...['', '0', '101', '1000', '-1'].map((text) => [suggestionsOption, text] as const),
])('%o refuses %j', (read, text) => {
  expect(() => read(text)).toThrow(InvalidArgumentError);
});

test('an option that may come again is collected in order', () => {
  expect(variableOption('B', variableOption('A'))).toEqual(['A', 'B']);
});

test('several ports are read with their names and types, in order', () => {
  expect(portsOption('web=dev, hmr=proxy')).toEqual([
    { name: 'web', type: 'dev' },
    { name: 'hmr', type: 'proxy' },
  ]);
});

test.each([
  ['', '""'],
  ['web', '"web"'],
  ['web=dev,hmr', '"hmr"'],
  ['web=dev,=x', '"=x"'],
  ['web=a=b', '"web=a=b"'],
  ['a-b=dev,A.b=dev', '"A.b=dev"'],
])('%j is no list of ports, and the part that is wrong is named', (text, part) => {
  expect(() => portsOption(text)).toThrow(part);
});

test.each(['', 'A=B', '1A', 'A B'])('%o is no name of a variable', (text) => {
  expect(() => variableOption(text)).toThrow(InvalidArgumentError);
});

const program = createProgram(createContext({}, '/'), () => undefined);
const all = [...program.commands, ...program.commands.flatMap(({ commands }) => commands)];

test('every command explains itself, with an example of itself', () => {
  expect(all.length).toBeGreaterThan(15);
  for (const command of all) {
    expect(command.description()).not.toBe('');
    if (command.commands.length > 0) continue;
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(help).toMatch(new RegExp(`Examples?:\\n.*styxy.* ${command.name()}`));
  }
});

test('every option is described', () => {
  const options = all.flatMap((command) => command.options.filter(({ hidden }) => !hidden));
  expect(options.filter(({ description }) => description.length < 5)).toEqual([]);
});
