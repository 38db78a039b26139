import { describe, expect, test } from 'vitest';
import type { ConfigProblem } from '../../../src/settings/problem.ts';
import { parseProjectConfig, parseUserConfig, unreadableConfig } from '../../../src/settings/parse.ts';

const problems = (parse: () => unknown): string[] => {
  try {
    parse();
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_CONFIG', message: 'conf.json is not valid' });
    const { problems: all } = (error as { details: { problems: ConfigProblem[] } }).details;
    return all.map(({ message }) => message);
  }
  return [];
};
const user = (value: unknown): string[] => problems(() => parseUserConfig(value, 'conf.json'));
const project = (value: unknown): string[] => problems(() => parseProjectConfig(value, 'conf.json'));

test('a complete user configuration is taken as it is', () => {
  const config = {
    $schema: 'x',
    service_types: {
      grafana: {
        port_range: [3200, 3219],
        preferred_ports: [3200],
        instance_behavior: 'single',
        description: 'd',
      },
      dev: {},
    },
    on_wrapper_death: 'adopt',
  };
  expect(parseUserConfig(config, 'conf.json')).toMatchObject(config);
  expect(parseUserConfig({}, 'conf.json').service_types).toEqual({});
});

test('a complete project configuration is taken as it is', () => {
  const web = {
    type: 'dev',
    command: 'vite',
    prefer: 3000,
    env: ['PORT', 'HMR'],
    args: ['--port', '{port}'],
  };
  const config = { services: { web, api: { command: ['node', 'server.js'], env: 'PORT' } } };
  expect(parseProjectConfig(config, 'conf.json')).toEqual(config);
});

describe('a mistake is named: where it is, what is there, what belongs there', () => {
  test.each([
    [{ service_type: {} }, '"service_type" is not a setting; did you mean "service_types"?'],
    [{ zebra: 1 }, '"zebra" is not a setting'],
    [{ storybook: { port_range: [6006, 6010] } }, 'service types stand below "service_types"'],
    [{ service_types: { dev: { range: [1, 2] } } }, '"service_types.dev.range" is not a setting'],
    [{ service_types: { dev: { prefered_ports: [] } } }, 'did you mean "preferred_ports"?'],
    [{ on_wrapper_death: 'kill' }, '"on_wrapper_death" is "kill"'],
    [{ service_types: { dev: { port_range: [2000, 1999] } } }, 'expected the lower port first'],
    [{ service_types: { dev: { port_range: [3000] } } }, '"service_types.dev.port_range.1" is nothing'],
    [
      { service_types: { dev: { port_range: [3000, '3099'] } } },
      '"service_types.dev.port_range.1" is "3099"',
    ],
    [
      { service_types: { dev: { preferred_ports: [70_000] } } },
      '"service_types.dev.preferred_ports.0" is 70000',
    ],
    [{ service_types: { dev: { preferred_ports: [30.5] } } }, 'is 30.5'],
    [{ service_types: { 'a b': {} } }, 'expected letters, digits'],
    ['text', 'the file is "text"'],
    [null, 'the file is null'],
  ])('%j', (config, problem) => {
    expect(user(config)).toEqual([expect.stringContaining(problem)]);
  });

  test.each([
    [{ services: { web: { prefer: 0 } } }, '"services.web.prefer" is 0'],
    [{ services: { web: { command: 5 } } }, '"services.web.command" is 5'],
    [{ services: { '../x': {} } }, 'expected letters'],
    [{ services: { web: { prefered: 3000 } } }, 'did you mean "prefer"?'],
  ])('%j', (config, problem) => {
    expect(project(config)).toEqual([expect.stringContaining(problem)]);
  });
});

test('all mistakes are told at once', () => {
  expect(
    user({ on_wrapper_death: 1, service_types: { dev: { port_range: 5, description: 5 } } }),
  ).toHaveLength(3);
});

test('a file that can not be read is named with the reason', () => {
  const error = Object.assign(new SyntaxError('unexpected }'), { filepath: '/p/styxy.config.json' });
  const cause = { message: "/p/styxy.config.json can't be read", why: 'unexpected }', code: 'BAD_CONFIG' };
  expect(unreadableConfig(error)).toMatchObject(cause);
  expect(unreadableConfig('odd').message).toBe("the project's configuration can't be read");
});
