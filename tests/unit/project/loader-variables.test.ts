import { expect, test } from 'vitest';
import { partVariables } from '../../../src/project/loader-variables.ts';

test('variables by which a program loads other code are told from those that only it reads', () => {
  const loaders = [
    'LD_PRELOAD',
    'DYLD_INSERT_LIBRARIES',
    'NODE_OPTIONS',
    'PATH',
    'Path',
    'BASH_ENV',
    'ENV',
    'HOME',
    'PYTHONPATH',
    'GIT_SSH_COMMAND',
    'SSH_ASKPASS',
    'npm_config_script_shell',
    'BASH_FUNC_ls%%',
    'https_proxy',
    'STYXY_HOME',
  ];
  const plain = [
    'API_URL',
    'NODE_ENV',
    'PYTHONUNBUFFERED',
    'DATABASE_URL',
    'DEBUG',
    'ENVIRONMENT',
    'HOMEPAGE',
    'TZ',
  ];
  const env = Object.fromEntries([...loaders, ...plain].map((name) => [name, 'x']));
  expect(partVariables(env)).toEqual({
    plain: Object.fromEntries(plain.map((name) => [name, 'x'])),
    loaders,
  });
});
