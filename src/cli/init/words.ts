import type { Command } from 'commander';
import { jsonOption, type Define } from '../words/define.ts';

/** Names of scripts, one or several: `--only dev,api:dev`. */
const names = (value: string, before: string[] = []): string[] => [
  ...before,
  ...value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== ''),
];

export function defineInit(define: Define, program: Command): void {
  define(
    program,
    'init',
    'have the package scripts that start servers start them through Styxy; each change is shown first',
    ['styxy init --dry-run', 'styxy init', 'styxy init --undo'],
    () => import('./init.ts'),
  )
    .summary('have package scripts start their servers through Styxy')
    .option('--yes', 'change the files without asking')
    .option('--dry-run', 'only show what would change')
    .option('--check', 'change nothing; exit code 1 if a script starts a server by itself (for CI)')
    .option('--undo', 'take it back, to the byte')
    .option('--only <scripts>', 'only these scripts: dev,apps/web:dev', names)
    .option('--except <scripts>', 'not these scripts', names)
    .option('--also <scripts>', 'these scripts too, though nothing says that they start a server', names)
    .option(
      '--no-launcher',
      'write `styxy run`, which needs Styxy, instead of a launcher that works without it',
    )
    .option('--no-install', "don't add Styxy to the devDependencies; the command for it is printed")
    .option(
      '--service-types <file>',
      'write the service types of a document (JSON, YAML, a table in Markdown) into styxy.config',
    )
    .addOption(jsonOption());
}
