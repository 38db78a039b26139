import { expect, test } from 'vitest';
import { childVariables } from '../../../src/run/child/child-env.ts';
import type { PortRequest } from '../../../src/run/plan/requests.ts';
import { addressOf } from '../../../src/settings/service-address.ts';

const web: PortRequest = { service_name: 'web', service_type: 'dev', project_path: '/work/shop' };
const siblings = new Map([
  ['api', addressOf('api', 8000)],
  ['database', addressOf('database', 5432)],
  ['cache', addressOf('redis', 6379)],
]);

/** What `web` on port 3000 gets beside the STYXY_* variables of its own. */
function given(env: Record<string, string> = {}, projectEnv: Record<string, string> = {}) {
  const ports = [web] as const;
  const base = { serviceName: 'web', ports, portVariables: [], portOwner: 0, isFound: true };
  const plan = { ...base, siblings, projectEnv, env };
  const own = {
    allocation: { port: 3000, url: 'http://localhost:3000' },
    ports: [{ name: 'web', port: 3000 }] as const,
  };
  const variables = Object.entries(childVariables(plan, own));
  const isOwn = (name: string): boolean => /^STYXY_(PORT|URL|NAME_URL|SERVICE|INSTANCE)$/.test(name);
  return Object.fromEntries(variables.filter(([name]) => !isOwn(name)));
}

test('a service that does not speak HTTP has a port, and a URL only of a type that says its scheme', () => {
  expect(given()).toEqual({
    PORT: '3000',
    API_PORT: '8000',
    API_URL: 'http://localhost:8000',
    DATABASE_PORT: '5432',
    CACHE_PORT: '6379',
    CACHE_URL: 'redis://localhost:6379',
    STYXY_VARIABLES: 'API_PORT API_URL DATABASE_PORT CACHE_PORT CACHE_URL',
  });
});

test('a variable that the user has set is not overwritten by a sibling', () => {
  const own = { API_URL: 'https://staging.example.org', DATABASE_PORT: '1', CACHE_URL: '' };
  const variables = given(own);
  for (const name of Object.keys(own)) expect(variables).not.toHaveProperty(name);
  expect(variables).toMatchObject({ API_PORT: '8000', STYXY_VARIABLES: 'API_PORT CACHE_PORT' });
});

test('one that a run around this one gave is given anew', () => {
  const before = { API_URL: 'http://localhost:1', API_PORT: '1', STYXY_VARIABLES: 'API_URL OLD_PORT' };
  const variables = given(before);
  expect(variables).toMatchObject({ API_URL: 'http://localhost:8000' });
  expect(variables).not.toHaveProperty('API_PORT');
  expect(variables['STYXY_VARIABLES']).toBe('API_URL OLD_PORT DATABASE_PORT CACHE_PORT CACHE_URL');
});

test("the project's own variables are what the project says, and name ports where there is no URL", () => {
  const projectEnv = { DATABASE_URL: 'postgres://localhost:{database.port}/shop', LOST: '{database.url}' };
  const variables = given({ DATABASE_URL: 'mine' }, projectEnv);
  expect(variables).toMatchObject({ DATABASE_URL: 'postgres://localhost:5432/shop' });
  expect(variables).not.toHaveProperty('LOST');
});
