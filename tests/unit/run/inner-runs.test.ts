import { describe, expect, test } from 'vitest';
import { StyxyError } from '../../../src/base/styxy-error.ts';
import { innerRuns, refuseItself } from '../../../src/run/plan/inner-runs.ts';
import type { Step } from '../../../src/tools/runners/start.ts';

const started = (line: string, folder: string | undefined = '.', trail: Step[] = []) => ({
  words: line.split(' '),
  folder,
  trail,
});
const script = (name: string, file = 'package.json'): Step => ({
  name,
  kind: 'script',
  place: { file, line: 1 },
});

describe('a command is nothing but further runs', () => {
  test.each([
    'styxy run -- vite',
    'styxy run dev',
    '/opt/bin/styxy run --name web -- vite',
    'node /opt/styxy/bin/styxy.js run -- vite',
    'node ../../styxy.cjs run -- vite',
  ])('when it is %j itself', (line) => {
    expect(innerRuns(line.split(' '), [])).toHaveLength(1);
  });

  test.each(['vite', 'styxy list', 'node server.js run', 'echo styxy run', 'my-styxy run'])(
    'not when it is %j',
    (line) => expect(innerRuns(line.split(' '), [])).toEqual([]),
  );

  test('when all that it starts are, and not when one is something else', () => {
    const [a, b] = [started('styxy run -- vite'), started('styxy run --name api -- node api.js')];
    expect(innerRuns(['npm', 'run', 'dev'], [a, b])).toEqual([a, b]);
    expect(innerRuns(['npm', 'run', 'dev'], [a, b, started('wait')])).toEqual([a, b]);
    expect(innerRuns(['npm', 'run', 'dev'], [a, started('vite')])).toEqual([]);
  });
});

describe('what runs itself', () => {
  const services = { web: {} };
  const refusal = (...given: Parameters<typeof refuseItself>): string | undefined => {
    try {
      refuseItself(...given);
    } catch (error) {
      if (error instanceof StyxyError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return undefined;
  };

  test('is refused: a service that comes to its own name, a script of the same package', () => {
    expect(refusal([started('styxy run web')], 'web', services)).toBe('USAGE: service "web" runs itself');
    expect(refusal([started('styxy run --wait web')], 'web', services)).toBe(
      'USAGE: service "web" runs itself',
    );
    expect(refusal([started('styxy run dev', '.', [script('dev')])], undefined)).toBe(
      'USAGE: script "dev" runs itself',
    );
    const inPackage = started('styxy run dev', 'apps/a', [script('dev', 'apps/a/package.json')]);
    expect(refusal([inPackage], undefined)).toBe('USAGE: script "dev" runs itself');
  });

  test.each([
    ['another service', [started('styxy run api')], 'web'],
    ['a command of that name', [started('styxy run -- web')], 'web'],
    ['a service of another folder', [started('styxy run web', 'packages/b')], 'web'],
    ['a script of another package', [started('styxy run dev', 'apps/a', [script('dev')])], undefined],
    ['a service that is called like the script', [started('styxy run web', '.', [script('web')])], undefined],
  ] as const)('is not %s', (_, runs, service) => {
    expect(refusal([...runs], service, services)).toBeUndefined();
  });
});
