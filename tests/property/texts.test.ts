import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/base/duration.ts';
import { parsePort } from '../../src/base/port-number.ts';
import { StyxyError } from '../../src/base/styxy-error.ts';
import { isName } from '../../src/domain/service-name.ts';
import { nearestName } from '../../src/base/nearest-name.ts';
import { parse } from '../../src/protocol/requests/parse.ts';
import { allocateBody } from '../../src/protocol/requests/allocate.ts';
import { pathOf } from '../../src/protocol/endpoints.ts';
import { compareVersions } from '../../src/protocol/version.ts';
import { parseProjectConfig, parseUserConfig } from '../../src/settings/parse.ts';

/** Text of people and attackers alike. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '3000abc', '-0', '1e3'),
);

const refused = (work: () => unknown): StyxyError | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(StyxyError);
    return error as StyxyError;
  }
};

test('a text is exactly one port, or refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_535 }), (port) => {
      expect(parsePort(String(port), 'x')).toBe(port);
    }),
  );
  fc.assert(
    fc.property(text, (each) => {
      const error = refused(() => parsePort(each, 'x'));
      expect(error === undefined).toBe(/^\d{1,5}$/.test(each) && Number(each) >= 1 && Number(each) <= 65_535);
    }),
  );
});

test('what is shown as a duration can be typed as one, and means nearly the same', () => {
  fc.assert(
    fc.property(fc.nat(10 ** 9), (ms) => {
      const again = parseDuration(formatDuration(ms));
      expect(Math.abs(again - ms)).toBeLessThanOrEqual(Math.max(500, ms * 0.34));
    }),
  );
  fc.assert(fc.property(text, (each) => void refused(() => parseDuration(each))));
});

test('a name is safe in a path, a variable, a log and a URL', () => {
  fc.assert(
    fc.property(text, (each) => {
      if (!isName(each)) return;
      expect(encodeURIComponent(each)).toBe(each);
      expect(each).not.toMatch(/^[.-]|[\s/\\'"$`]/);
    }),
  );
});

test('whatever a client or a file says, it is taken or refused with a reason, and our objects stay as they are', () => {
  const anything = fc.oneof(
    fc.anything({ withNullPrototype: true }),
    fc.jsonValue(),
    fc.json().map((json) => JSON.parse(json) as unknown),
  );
  const typed = fc.record(
    {
      service_type: fc.constant('dev'),
      port: anything,
      service_name: anything,
      avoid: anything,
      command: anything,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(anything, typed), (body) => {
      for (const read of [
        (each: unknown) => parse(allocateBody, each),
        (each: unknown) => parseUserConfig(each, 'f'),
        (each: unknown) => parseProjectConfig(each, 'f'),
      ]) {
        const error = refused(() => read(body));
        if (error) expect(error.httpStatus).toBe(400);
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
  );
});

test('a lock id never leaves its place in the path', () => {
  fc.assert(
    fc.property(fc.string(), (id) => {
      const path = pathOf('release', { lockId: id });
      expect(path.split('/')).toHaveLength(3);
      expect(path).not.toMatch(/[?#\s]/);
    }),
  );
});

test('comparing versions is an order', () => {
  const version = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map((parts) => parts.join('.'));
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
    }),
  );
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(compareVersions(a, b)).not.toBeNaN();
    }),
  );
});

test('a guess is one of the known names, and the name itself when it is known', () => {
  const name = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(
    fc.property(name, fc.array(name, { maxLength: 6 }), (typed, known) => {
      expect([...known, undefined]).toContain(nearestName(typed, known));
      if (typed.length > 1) expect(nearestName(typed, [...known, typed])).toBe(typed);
    }),
  );
});
