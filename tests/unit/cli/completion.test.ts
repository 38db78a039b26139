import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { completionScript } from '../../../src/cli/completion.ts';
import { createContext } from '../../../src/cli/context.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { tempDir } from '../../support/temp.ts';

const program = createProgram(createContext({}, '/'), () => undefined);
const commands = program.commands.map((command) => command.name());

const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

describe.runIf(isInstalled('bash'))('in bash', () => {
  /** What bash offers behind these words; the last one is being typed. */
  function offered(...words: string[]): string[] {
    const script = `${completionScript(program, 'bash')}
      styxy() { printf '%s\\n' 'PORT  SERVICE  TYPE' '3000  web  dev' '3001  -  dev' '3002  worker  dev'; }
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _styxy
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const output = execFileSync('bash', ['--norc', '-c', script, 'bash', 'styxy', ...words], {
      encoding: 'utf8',
    });
    return output.split('\n').filter(Boolean);
  }

  test('every command and option of the first level is offered', () => {
    expect(offered('')).toEqual(expect.arrayContaining([...commands, '--help', '--version']));
  });

  test.each([
    [['dae'], ['daemon']],
    [['sta'], ['status']],
    [['daemon', 'sto'], ['stop']],
    [['daemon', 're'], ['restart']],
    [['config', 'auto-allocation', 'un'], ['undo']],
    [['config', 'auto-allocation', 'undo', 'grafana', '--j'], ['--json']],
    [['check', '--j'], ['--json']],
    [['check', '3000', '--j'], ['--json']],
    [['run', '--dry'], ['--dry-run']],
    [['--help', 'dae'], ['daemon']],
    [['nonsense', ''], []],
  ])('behind %j stands %j', (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });

  test.each(['stop', 'logs', 'wait', 'url', 'release'])(
    'behind %s stand the services of this worktree',
    (command) => {
      expect(offered(command, '')).toEqual(['web', 'worker']);
      expect(offered(command, 'wo')).toEqual(['worker']);
      expect(offered(command, '--j')).toEqual(['--json']);
    },
  );

  test('hidden options stay hidden', () => {
    expect(offered('daemon', 'run', '--')).toEqual(['--help']);
  });

  test("behind the terminator the command's own completion goes on", () => {
    expect(offered('run', '--', 'np')).toContain('npm');
    expect(offered('run', '--quiet', '--', 'npm', 'ru')).toEqual([]);
  });

  test('it is the completion of the word styxy', () => {
    const script = `${completionScript(program, 'bash')}\ncomplete -p styxy`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toContain('-F _styxy styxy');
  });
});

describe.each(['zsh', 'fish'])('in %s', (shell) => {
  const script = completionScript(program, shell);

  test('every command is offered', () => {
    for (const command of commands) expect(script).toContain(command);
  });

  test('quotes in descriptions close what they open', () => {
    const unescaped = script
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .join('\n')
      .replaceAll(/\\'/g, '');
    expect(unescaped.split("'").length % 2).toBe(1);
  });

  test.skipIf(!isInstalled(shell))(
    `the shell itself takes it${isInstalled(shell) ? '' : ` (skipped: no ${shell} here)`}`,
    () => {
      const folder = tempDir();
      onTestFinished(folder.remove);
      const file = join(folder.path, 'completion');
      writeFileSync(file, script);
      const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );
});

test('a shell that nobody wrote a script for is told so', () => {
  for (const shell of ['tcsh', 'Bash', '']) {
    const problem = { code: 'USAGE', hint: 'use bash, zsh or fish' };
    expect(() => completionScript(program, shell)).toThrow(expect.objectContaining(problem));
  }
});
