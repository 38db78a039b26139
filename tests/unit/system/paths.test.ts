import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { styxyPaths } from '../../../src/system/paths.ts';

afterEach(() => vi.unstubAllEnvs());

test('everything lies in STYXY_HOME, also if that is a relative path', () => {
  expect(styxyPaths({ STYXY_HOME: '/x/y' })).toMatchObject({ home: '/x/y', config: '/x/y/config.json' });
  expect(styxyPaths({ STYXY_HOME: 'x' }).home).toBe(resolve('x'));
});

test.each(['$HOME/x', '${HOME}/x', '%USERPROFILE%\\\\x', '~someone/x'])(
  'what a shell should have replaced is refused: %s',
  (path) => {
    expect(() => styxyPaths({ STYXY_HOME: path })).toThrow(expect.objectContaining({ code: 'USAGE' }));
  },
);

test('a tilde is the home folder', () => {
  vi.stubEnv('HOME', '/home/me');
  expect(styxyPaths({ STYXY_HOME: '~/.config/styxy' }).home).toBe('/home/me/.config/styxy');
});

test("without it, in the user's home; an empty HOME is not the current folder", () => {
  vi.stubEnv('HOME', '/home/me');
  expect(styxyPaths({}).home).toBe('/home/me/.styxy');
  expect(styxyPaths({ STYXY_HOME: '' }).home).toBe('/home/me/.styxy');
  vi.stubEnv('HOME', '');
  expect(styxyPaths({}).root).toBe(join(userInfo().homedir, '.styxy'));
  vi.stubEnv('HOME', 'x');
  expect(styxyPaths({}).root).toBe(resolve('x', '.styxy'));
});
