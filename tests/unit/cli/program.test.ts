import { expect, test } from 'vitest';
import type { Command } from 'commander';
import { createContext } from '../../../src/cli/context.ts';
import { createProgram, createProgramFor } from '../../../src/cli/program.ts';

const context = createContext({}, '/');
const whole = createProgram(context, () => undefined);
const names = whole.commands.flatMap((command) => [command.name(), ...command.aliases()]);
const find = (program: Command, name: string) =>
  program.commands.find((command) => command.name() === name || command.aliases().includes(name));

const words = (command: Command | undefined): unknown =>
  command && {
    help: command.helpInformation(),
    options: command.options.map(({ flags, hidden }) => [flags, hidden]),
    inner: command.commands.map(words),
  };

test('a command says and takes the same whether it is defined with all others or without them', () => {
  expect(names.length).toBeGreaterThan(35);
  for (const name of names)
    expect(
      words(
        find(
          createProgramFor(name, context, () => undefined),
          name,
        ),
      ),
      name,
    ).toEqual(words(find(whole, name)));
});

test('those that are asked again and again are defined without the others', () => {
  for (const name of ['run', 'list', 'ls', 'check', 'url', 'status'])
    expect(createProgramFor(name, context, () => undefined).commands.length).toBeLessThan(names.length / 3);
});

test('a name that is no command is looked for among all', () => {
  for (const name of ['', 'toString', 'lst', '--json'])
    expect(createProgramFor(name, context, () => undefined).commands).toHaveLength(whole.commands.length);
});
