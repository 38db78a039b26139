import { describe, expect, test } from 'vitest';
import { browsersRefuse } from '../../../src/domain/port.ts';
import { builtInTypeFor, resolveCatalog } from '../../../src/settings/service-types.ts';

const builtIn = resolveCatalog();
const typeNamed = (name: string, own: Parameters<typeof resolveCatalog>[0]) =>
  resolveCatalog(own).types.get(name);

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
    [{ grafana: {} }, 'it has no port_range'],
    [{ dev: { preferred_ports: [4000] } }, 'it prefers 4000, outside its range 3000-3099'],
  ])('are refused when they make no type: %j', (own, why) => {
    expect(() => resolveCatalog(own)).toThrow(expect.objectContaining({ code: 'BAD_CONFIG', why }));
  });

  test('are refused when two types would share a port', () => {
    expect(() => resolveCatalog({ grafana: { port_range: [3090, 3110] } })).toThrow(
      /"dev" .* and "grafana" .* overlap/,
    );
  });
});

test('a wished port names the type where the type is only a default', () => {
  expect([builtInTypeFor('dev', 8005).name, builtInTypeFor('dev', undefined).name]).toEqual(['api', 'dev']);
  expect(() => builtInTypeFor('devv', undefined)).toThrow(
    expect.objectContaining({ hint: 'did you mean "dev"?' }),
  );
});
