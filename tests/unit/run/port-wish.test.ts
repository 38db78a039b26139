import { expect, test } from 'vitest';
import { portWish, type WishPlaces } from '../../../src/run/plan/ports.ts';

const wish = (own: Partial<WishPlaces>) =>
  portWish({ flags: {}, service: undefined, script: undefined, env: {}, ...own });

test('flags win over the configuration, that over the script, that over PORT of the caller', () => {
  const env = { PORT: '3001' };
  const service = { prefer: 3003 };
  expect(wish({ env })).toEqual({ preferred_port: 3001, wished_by: 'environment' });
  expect(wish({ env, script: 3002 })).toEqual({ preferred_port: 3002, wished_by: 'script' });
  expect(wish({ env, script: 3002, service })).toEqual({ preferred_port: 3003, wished_by: 'config' });
  const flags = { prefer: 3004 };
  expect(wish({ env, script: 3002, service, flags })).toEqual({ preferred_port: 3004, wished_by: 'option' });
});

test('the configuration of a tool is a wish behind PORT of the caller, and names its file', () => {
  const own = { toolConfig: 5199, file: 'vite.config.ts:4' };
  expect(wish(own)).toEqual({ preferred_port: 5199, wished_by: 'script', wished_in: 'vite.config.ts:4' });
  expect(wish({ ...own, env: { PORT: '3001' } })).toEqual({
    preferred_port: 3001,
    wished_by: 'environment',
  });
  expect(wish({ script: 3002, file: 'server.js:1' })).toMatchObject({
    preferred_port: 3002,
    wished_in: 'server.js:1',
  });
});

test('only --port and port of the configuration mean exactly this one', () => {
  expect(wish({ service: { port: 3005, prefer: 3003 } })).toEqual({ port: 3005, wished_by: 'config' });
  expect(wish({ service: { port: 3005 }, flags: { prefer: 3004 } })).not.toHaveProperty('port');
  expect(wish({ service: { port: 3005 }, flags: { port: 3006 } })).toEqual({
    port: 3006,
    wished_by: 'option',
  });
});

test('PORT is no wish when it is no port, or when Styxy has given it to a service around this one', () => {
  for (const PORT of ['', '0', '70000', 'auto', '3.5']) expect(wish({ env: { PORT } })).toEqual({});
  expect(wish({ env: { PORT: '3001', STYXY_PORT: '3001' } })).toEqual({});
});
