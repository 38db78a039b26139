import { expect, test } from 'vitest';
import { composeVariables } from '../../../src/run/plan/scripts/compose-variables.ts';

const worktree = (path: string, repository: string | null = '/src/shop') => ({
  path,
  repository,
  folder: '.',
  branch: null,
  isLinked: false,
});
const given = (project: string | undefined, path: string, env = {}) =>
  composeVariables(project, {}, { env, worktree: worktree(path) });

test('a linked worktree has a docker compose project of its own where the name would be shared', () => {
  expect(given('shop', '/wt/feature')).toEqual({ COMPOSE_PROJECT_NAME: 'shop-feature' });
  expect(given('', '/wt/feature')).toEqual({});
  expect(given('', '/wt/shop')['COMPOSE_PROJECT_NAME']).toMatch(/^shop-[0-9a-f]{4}$/);
  expect(given('', '/wt/shop')).not.toEqual(given('', '/other/shop'));
});

test('the repository itself, a folder without git, and a name that the user has set keep theirs', () => {
  expect(given('shop', '/src/shop')).toEqual({});
  expect(given(undefined, '/wt/feature')).toEqual({});
  expect(given('shop', '/wt/feature', { COMPOSE_PROJECT_NAME: 'x' })).toEqual({});
  expect(composeVariables('shop', {}, { env: {}, worktree: worktree('/wt/x', null) })).toEqual({});
});
