import { expect, test } from 'vitest';
import { userProblems } from '../../../src/settings/resolve.ts';

test('ranges that overlap are told together with what is wrong elsewhere in the file', () => {
  const content = { http_port: 'x', service_types: { dev: { port_range: [3000, 3150] } } };
  const messages = userProblems(content, 'config.json').map(({ message }) => message);
  expect(messages).toHaveLength(2);
  expect(messages[0]).toContain('"http_port" is "x"');
  expect(messages[1]).toMatch(/"dev" .*"monitoring" .*overlap/);
});

test.each([[[]], [null], ['x'], [{ service_types: { dev: { port_range: 1 } } }]])(
  'a file that holds %j has problems of its own, told once',
  (content) => {
    const problems = userProblems(content, 'config.json').map(({ message }) => message);
    expect(problems.length).toBeGreaterThan(0);
    expect(new Set(problems).size).toBe(problems.length);
  },
);
