import { describe, expect, test } from 'vitest';
import { isName, requireName } from '../../../src/domain/service-name.ts';
import { createCatalog, requireType, typeForWish } from '../../../src/domain/service-type.ts';
import { serviceType } from '../../support/leases.ts';

const catalog = createCatalog([serviceType('api', 8000, 8099), serviceType('dev', 3000, 3099)]);

describe('a catalog', () => {
  test('knows the type of each port of a range, its ends included', () => {
    const ports = [2999, 3000, 3099, 3100, 8000];
    expect(ports.map((port) => catalog.typeOfPort(port)?.name)).toEqual([
      undefined,
      'dev',
      'dev',
      undefined,
      'api',
    ]);
  });

  test('refuses ranges that share a port, and names both', () => {
    const types = [serviceType('a', 10, 20), serviceType('c', 40, 50), serviceType('b', 20, 30)];
    const why = expect.objectContaining({
      code: 'BAD_CONFIG',
      message: expect.stringContaining('"a" (10-20) and "b" (20-30)'),
    });
    expect(() => createCatalog(types)).toThrow(why);
  });

  test('takes ranges that touch', () => {
    expect(createCatalog([serviceType('a', 10, 20), serviceType('b', 21, 30)]).types.size).toBe(2);
  });

  test('lets the range of a wished port decide only where the type is a default', () => {
    expect([8005, 5555, undefined].map((wish) => typeForWish(catalog, 'dev', wish))).toEqual([
      'api',
      'dev',
      'dev',
    ]);
  });
});

describe('an unknown type', () => {
  test.each([
    ['apii', 'did you mean "api"?'],
    ['Dev', 'did you mean "dev"?'],
    ['dv', 'did you mean "dev"?'],
  ])('%s is taken for a typo', (name, hint) => {
    const error = {
      code: 'UNKNOWN_TYPE',
      hint,
      why: 'known types are api, dev',
      details: { service_type: name, known: ['api', 'dev'] },
    };
    expect(() => requireType(catalog, name)).toThrow(expect.objectContaining(error));
  });

  test.each(['kubernetes', 'constructor', 'toString', ''])('%j is not guessed at', (name) => {
    expect(() => requireType(catalog, name)).toThrow(
      expect.objectContaining({ hint: expect.not.stringContaining('did you mean') }),
    );
  });
});

describe('a name', () => {
  test.each(['web', 'a', '0', 'My.App_1-b', 'constructor', 'x'.repeat(64)])('can be %s', (name) => {
    expect(requireName(name, 'service name')).toBe(name);
  });

  test.each(['', '.', '-a', '_a', '__proto__', 'a b', 'a/b', '../etc', 'ä', 'a\n', '$(x)', 'x'.repeat(65)])(
    'can not be %j',
    (name) => {
      expect(isName(name)).toBe(false);
      expect(() => requireName(name, 'service name')).toThrow(
        expect.objectContaining({ code: 'INVALID_NAME' }),
      );
    },
  );

  test('that is refused is quoted in the message, cut to a bearable length', () => {
    expect(() => requireName('é'.repeat(300), 'service type')).toThrow(/^"é{80}" is not a service type$/);
  });
});
