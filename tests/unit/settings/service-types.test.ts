import { describe, expect, test } from 'vitest';
import { browsersRefuse } from '../../../src/domain/port.ts';
import type { ConfigProblem } from '../../../src/settings/problem.ts';
import { builtInTypeFor, resolveCatalog, resolveProjectType } from '../../../src/settings/service-types.ts';

const builtIn = resolveCatalog();
const typeNamed = (name: string, own: Parameters<typeof resolveCatalog>[0]) =>
  resolveCatalog(own).types.get(name);

function whyOf(parse: () => unknown): string[] {
  try {
    parse();
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_CONFIG' });
    return (error as { details: { problems: ConfigProblem[] } }).details.problems.map(
      ({ message }) => message,
    );
  }
  return [];
}

describe('the built-in types', () => {
  const types = [...builtIn.types.values()];

  test('prefer ports of their own range, none of which a browser refuses', () => {
    expect(types.length).toBeGreaterThan(10);
    for (const { range, preferred } of types) {
      expect(preferred.filter((port) => port < range[0] || port > range[1] || browsersRefuse(port))).toEqual(
        [],
      );
    }
  });

  test('lie above the ports of system services and below those of outgoing connections', () => {
    expect(types.filter(({ range }) => range[0] < 1024 || range[1] >= 32_768)).toEqual([]);
  });

  test('are all described', () => {
    expect(types.filter(({ description }) => description.length < 5)).toEqual([]);
  });
});

describe("a user's own words", () => {
  test('change one key of a type and leave the others', () => {
    const before = builtIn.types.get('dev');
    expect(typeNamed('dev', { dev: { instance_behavior: 'single' } })).toEqual({
      ...before,
      behavior: 'single',
    });
    expect(typeNamed('dev', { dev: { preferred_ports: [3050] } })).toEqual({ ...before, preferred: [3050] });
  });

  test('move a range, and the built-in preferences that no longer fit are dropped', () => {
    expect(typeNamed('dev', { dev: { port_range: [3002, 3050] } })?.preferred).toEqual([3002, 3003]);
  });

  test('add a type, which serves many unless it says otherwise', () => {
    const grafana = {
      name: 'grafana',
      range: [3200, 3219],
      preferred: [],
      behavior: 'multi',
      description: '',
    };
    expect(typeNamed('grafana', { grafana: { port_range: [3200, 3219] } })).toEqual(grafana);
  });

  test.each([
    [{ grafana: {} }, '"service_types.grafana.port_range" is nothing: expected "port_range": [first, last]'],
    [
      { dev: { preferred_ports: [4000] } },
      '"service_types.dev.preferred_ports.0" is 4000: expected a port of its range, 3000-3099',
    ],
    [
      { ui: { port_range: [4045, 4049] as [number, number], preferred_ports: [4045] } },
      '"service_types.ui.preferred_ports.0" is 4045: expected a port that browsers do not refuse to open',
    ],
  ])('are refused when they make no type: %j', (own, why) => {
    expect(() => resolveCatalog(own)).toThrow(expect.objectContaining({ code: 'BAD_CONFIG', why }));
  });

  test('are refused when two types would share a port, naming both and where they come from', () => {
    expect(whyOf(() => resolveCatalog({ grafana: { port_range: [3090, 3110] } }, '/h/config.json'))).toEqual([
      'service types "grafana" (3090-3110, /h/config.json) and "dev" (3000-3099, the built-in types) overlap: one port would belong to two types',
      'service types "grafana" (3090-3110, /h/config.json) and "monitoring" (3100-3199, the built-in types) overlap: one port would belong to two types',
    ]);
  });

  test('are all told, not only the first mistake', () => {
    const own = { a: {}, b: { port_range: [3000, 3001] as [number, number] }, dev: { preferred_ports: [1] } };
    expect(whyOf(() => resolveCatalog(own))).toHaveLength(3);
  });
});

describe('a type of a project', () => {
  const known = resolveCatalog({ grafana: { port_range: [3200, 3219], preferred_ports: [3200, 3205] } });

  test('is laid over the type of that name that everybody knows, key by key', () => {
    expect(resolveProjectType(known, 'grafana', { instance_behavior: 'single' })).toEqual({
      ...known.types.get('grafana'),
      behavior: 'single',
    });
    const moved = resolveProjectType(known, 'grafana', { port_range: [3205, 3209] });
    expect(moved).toMatchObject({ range: [3205, 3209], preferred: [3205] });
    expect(resolveProjectType(known, 'loki', { port_range: [3300, 3301] })).toMatchObject({ name: 'loki' });
  });

  test.each([
    [
      'loki',
      { port_range: [3210, 3230] as [number, number] },
      /"loki" \(3210-3230, .*"grafana" \(3200-3219, .*overlap/,
    ],
    ['loki', {}, /expected "port_range"/],
    ['grafana', { preferred_ports: [3300] }, /expected a port of its range, 3200-3219/],
  ])('can not be one that makes no sense beside the known ones: %s %j', (name, definition, why) => {
    expect(whyOf(() => resolveProjectType(known, name, definition))).toEqual([expect.stringMatching(why)]);
  });
});

test('a wished port names the type where the type is only a default', () => {
  expect([builtInTypeFor('dev', 8005).name, builtInTypeFor('dev', undefined).name]).toEqual(['api', 'dev']);
  expect(() => builtInTypeFor('devv', undefined)).toThrow(
    expect.objectContaining({ hint: 'did you mean "dev"?' }),
  );
});
