import { describe, expect, test } from 'vitest';
import { readSources, sourceFile, type SourceFile } from '../support/source-tree.ts';

/** Below the line there is no I/O, no clock, no randomness, nothing asynchronous: answers depend on arguments only. */
const PURE = ['base', 'domain', 'settings', 'protocol', 'tools', 'hook', 'init', 'overview'];
const IMPURE =
  /\b(Date\.now|new Date\(\)|Math\.random|performance\.|process\.|globalThis|setTimeout|setInterval|setImmediate|queueMicrotask|fetch\(|console\.|crypto\.|async |await )/g;

/** Set by the build, so a constant by the time it runs. */
const BUILD_TIME = 'process.env.STYXY_VERSION';

function impurities({ path, code, imports }: SourceFile): string[] {
  const text = path === 'src/protocol/version.ts' ? code.replace(BUILD_TIME, '') : code;
  const used = [...text.matchAll(IMPURE)].map(([word]) => `${path} uses ${word.trim()}`);
  const asked = imports.filter(({ target, isTypeOnly }) => target.startsWith('node:') && !isTypeOnly);
  const atRunTime = imports.filter(({ isDynamic }) => isDynamic);
  return [
    ...used,
    ...asked.map(({ target }) => `${path} imports ${target}`),
    ...atRunTime.map(({ target }) => `${path} loads ${target} at run time`),
  ];
}

const pure = readSources().filter(({ path }) => PURE.includes(path.split('/')[1] ?? ''));

test('answers below the purity line depend on their arguments only', () => {
  expect(pure.flatMap(impurities)).toEqual([]);
});

test('all pure folders were looked at', () => {
  expect(pure.length).toBeGreaterThan(30);
  expect(new Set(pure.map(({ path }) => path.split('/')[1]))).toEqual(new Set(PURE));
});

describe('the check finds', () => {
  test.each([
    ['the clock', 'const now = Date.now();'],
    ['chance', 'const id = Math.random();'],
    ['the environment', 'const home = process.env.HOME;'],
    ['a timer', 'setTimeout(tell, 5);'],
    ['a file', `import { readFileSync } from 'node:fs';`],
    ['a path', `import { join } from 'node:path';`],
    ['an async function', 'export async function load() {}'],
    ['a module loaded late', `const { a } = x(import('./other.ts'));`],
  ])('%s', (_, text) => {
    expect(impurities(sourceFile('src/domain/x.ts', text))).toHaveLength(1);
  });

  test('neither words in comments nor types of node', () => {
    const text = `/** Asks process.env and Date.now. */\nimport type { Server } from 'node:http';\n`;
    expect(impurities(sourceFile('src/protocol/x.ts', text))).toEqual([]);
  });

  test('the build-time constant anywhere else than in its place', () => {
    const text = `export const V = ${BUILD_TIME};`;
    expect(impurities(sourceFile('src/protocol/version.ts', text))).toEqual([]);
    expect(impurities(sourceFile('src/base/x.ts', text))).toHaveLength(1);
  });
});
