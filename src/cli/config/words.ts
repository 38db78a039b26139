import { type Command, Option } from 'commander';
import { jsonOption, type Define } from '../words/define.ts';
import { defineAutoAllocation } from './auto-allocation/words.ts';

/** Commands that show and check what is configured. */
export function defineConfig(define: Define, program: Command): void {
  const config = program
    .command('config')
    .description('what is configured, by whom, and whether it is right');
  define(
    config,
    'show',
    'every setting that is in force here',
    'styxy config show --origin',
    () => import('./show.ts'),
  )
    .addOption(new Option('--origin', 'also which layer set each: built-in, a file, a variable'))
    .addOption(jsonOption());
  define(
    config,
    'validate [file]',
    "check the user's file and the project's; exit code 78 if something is wrong",
    'styxy config validate',
    () => import('./validate.ts'),
  ).addOption(jsonOption());
  define(
    config,
    'restore [backup]',
    "put the user's file back as it was before the last change by a command, or as a backup has it",
    'styxy config restore',
    () => import('./restore.ts'),
  ).addOption(jsonOption());
  define(
    config,
    'trust',
    'let commands that only look run the configuration of this project, as it is now, if it is a program',
    'styxy config trust',
    () => import('./trust.ts'),
  ).addOption(jsonOption());
  define(config, 'path', 'where the files are', 'styxy config path', () => import('./path.ts')).addOption(
    jsonOption(),
  );
  define(
    config,
    'schema [kind]',
    'the JSON Schema of a file: user (the default) or project',
    'styxy config schema project > styxy.schema.json',
    () => import('./schema.ts'),
  ).addOption(jsonOption());
  define(
    config,
    'instances',
    'which of the preferred ports an instance of that name tries first',
    'styxy config instances',
    () => import('./instances.ts'),
  ).addOption(jsonOption());
  defineAutoAllocation(define, config);
}
