import { chmodSync, chownSync, lchownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ensurePrivateFolder } from '../../../../src/system/files/private-folder.ts';
import { fallbackSocketPaths, fitsSocket } from '../../../../src/system/socket-paths.ts';
import { tempDir } from '../../../support/temp.ts';

function place(name: string): string {
  const folder = tempDir();
  onTestFinished(folder.remove);
  return join(folder.path, name);
}
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe.skipIf(process.platform === 'win32')('a private folder', () => {
  test('is made with all that is above it, closed to others', () => {
    const path = place('a/b');
    expect(ensurePrivateFolder(path, { followLink: false })).toBe(path);
    expect(modeOf(path)).toBe(0o700);
  });

  test('that is open to others is closed', () => {
    const path = place('open');
    mkdirSync(path);
    chmodSync(path, 0o755);
    ensurePrivateFolder(path, { followLink: true });
    expect(modeOf(path)).toBe(0o700);
  });

  test.each([0o1777, 0o777, 0o2755, 0o1700 | 0o070])(
    'that was made for several users (mode %o) is refused, and stays as it is',
    (mode) => {
      const path = place('shared');
      mkdirSync(path);
      chmodSync(path, mode);
      expect(() => ensurePrivateFolder(path, { followLink: true })).toThrow(
        expect.objectContaining({ code: 'FORBIDDEN', details: { path } }),
      );
      expect(statSync(path).mode & 0o7777).toBe(mode);
    },
  );

  test.each(['.git', 'package.json'])(
    'that is a project, with a %s, is refused, and stays as it is',
    (name) => {
      const path = place('project');
      mkdirSync(join(path, name), { recursive: true });
      chmodSync(path, 0o755);
      expect(() => ensurePrivateFolder(path, { followLink: true })).toThrow(
        expect.objectContaining({ code: 'FORBIDDEN', why: expect.stringContaining(name) }),
      );
      expect(modeOf(path)).toBe(0o755);
    },
  );

  test.runIf(process.getuid?.() === 0)('that a link of somebody else leads to is refused', () => {
    const path = place('their-link');
    mkdirSync(`${path}-target`, { mode: 0o700 });
    symlinkSync(`${path}-target`, path);
    lchownSync(path, 65_534, 65_534);
    expect(() => ensurePrivateFolder(path, { followLink: true })).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', why: 'it is a link of user 65534' }),
    );
  });

  test('may be a link where it is the own home, nowhere else', () => {
    const path = place('link');
    const target = `${path}-target`;
    mkdirSync(target);
    symlinkSync(target, path);
    expect(ensurePrivateFolder(path, { followLink: true })).toBe(target);
    expect(() => ensurePrivateFolder(path, { followLink: false })).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', why: 'it is a symbolic link', details: { path } }),
    );
  });

  test('can not be where a file is', () => {
    const path = place('file');
    writeFileSync(path, '');
    for (const each of [path, join(path, 'below')]) {
      const problem = { code: 'STATE_UNWRITABLE', details: { path: each } };
      expect(() => ensurePrivateFolder(each, { followLink: true })).toThrow(expect.objectContaining(problem));
    }
  });

  test.runIf(process.getuid?.() === 0)('of somebody else is refused, even to root', () => {
    const path = place('theirs');
    mkdirSync(path);
    chownSync(path, 65_534, 65_534);
    expect(() => ensurePrivateFolder(path, { followLink: false })).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', why: 'it belongs to user 65534' }),
    );
  });
});

describe('a place for the socket', () => {
  test('may have 103 bytes, not letters', () => {
    expect([fitsSocket('x'.repeat(103)), fitsSocket('x'.repeat(104)), fitsSocket('é'.repeat(52))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('outside of the home is the same for each start, another for each home, and short enough', () => {
    const runtime = place('run');
    mkdirSync(runtime, { mode: 0o700 });
    const env = { XDG_RUNTIME_DIR: runtime };
    const [first, ...others] = fallbackSocketPaths('/home/a', env);
    expect(first).toMatch(new RegExp(`^${runtime}/styxy/[0-9a-f]{16}\\.sock$`));
    chmodSync(runtime, 0o755);
    expect(fallbackSocketPaths('/home/a', env)).toEqual(others);
    chmodSync(runtime, 0o700);
    expect(others.length).toBeGreaterThan(0);
    expect(fallbackSocketPaths('/home/a', env)).toEqual([first, ...others]);
    expect(fallbackSocketPaths('/home/b', env)[0]).not.toBe(first);
    expect(fallbackSocketPaths('/home/a', { XDG_RUNTIME_DIR: `/${'x'.repeat(100)}` })).not.toContain(first);
  });
});
