import { expect, test } from 'vitest';
import { environmentLayers } from '../../../src/settings/environment.ts';
import { resolveUserSettings } from '../../../src/settings/resolve.ts';

const inForce = (env: Record<string, string>, text?: string) =>
  resolveUserSettings(text, 'config.json', environmentLayers(env));

test('a variable wins over the file, and the file over what is built in', () => {
  const file = '{"http_port": 4000, "log_level": "warn"}';
  expect(inForce({}).settings).toMatchObject({ http_port: 9876, log_level: 'info' });
  expect(inForce({}, file).settings).toMatchObject({ http_port: 4000, log_level: 'warn' });
  const { settings, resolved } = inForce({ STYXY_HTTP_PORT: '0', STYXY_LOG: 'debug' }, file);
  expect(settings).toMatchObject({ http_port: 0, log_level: 'debug' });
  expect(resolved().origins.http_port).toEqual({ layer: 'environment', source: 'STYXY_HTTP_PORT' });
});

test('an empty variable, or a level that is none, says nothing', () => {
  expect(inForce({ STYXY_HTTP_PORT: '', STYXY_LOG: 'loud' }).settings).toMatchObject({
    http_port: 9876,
    log_level: 'info',
  });
});

test('a port that is none is an error', () => {
  for (const port of ['x', '70000', '-1', '1.5']) {
    expect(() => inForce({ STYXY_HTTP_PORT: port })).toThrow(expect.objectContaining({ code: 'USAGE' }));
  }
});

test('every value of the resolved configuration says where it comes from', () => {
  const { values, origins } = inForce(
    {},
    '{"service_types": {"own": {"port_range": [20000, 20009]}}}',
  ).resolved();
  expect(origins['service_types.own.port_range']).toEqual({ layer: 'user', source: 'config.json' });
  expect(origins['service_types.own.instance_behavior']).toEqual({ layer: 'built-in', source: null });
  expect(origins['instance_templates.features']).toEqual({ layer: 'built-in', source: null });
  expect(values).toMatchObject({ service_types: { own: { instance_behavior: 'multi' }, dev: {} } });
});

test('a range of automatic types that is upside down is refused', () => {
  expect(() => inForce({}, '{"auto_allocation": {"min_port": 30000, "max_port": 20000}}')).toThrow(
    expect.objectContaining({ why: expect.stringContaining('expected a port not below min_port') }),
  );
});

test('one key of a section, a template or a rule leaves the others as they are', () => {
  const { settings } = inForce(
    {},
    '{"instance_templates": {"qa": 2}, "auto_allocation_rules": {"database-*": {"chunk_size": 7}}}',
  );
  expect(settings.instance_templates).toEqual({ main: 0, dev: 1, staging: 2, features: 3, qa: 2 });
  expect(settings.auto_allocation_rules['database-*']).toEqual({
    chunk_size: 7,
    preferred_range_start: 5400,
  });
});
