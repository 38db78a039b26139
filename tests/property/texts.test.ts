import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/base/duration.ts';
import { parsePort } from '../../src/base/port-number.ts';
import { StyxyError } from '../../src/base/styxy-error.ts';
import { isName } from '../../src/domain/service-name.ts';
import { visibleJson, visibleText } from '../../src/base/plain-text.ts';
import { nearestName } from '../../src/base/nearest-name.ts';
import { cleanLine, cleanLines } from '../../src/cli/print/clean.ts';
import { programLine } from '../../src/cli/print/program-output.ts';
import { table } from '../../src/cli/print/table.ts';
import { parse } from '../../src/protocol/requests/parse.ts';
import { allocateBody } from '../../src/protocol/requests/allocate.ts';
import { pathOf } from '../../src/protocol/endpoints.ts';
import { compareVersions } from '../../src/protocol/version.ts';
import { parseProjectConfig, parseUserConfig } from '../../src/settings/parse.ts';
import { TERMINAL_TEXTS, unprintableIn } from '../support/printable.ts';

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

/** What is written to make a terminal do something, and pieces of it. */
const terminalText = fc
  .array(fc.oneof(fc.constantFrom(...TERMINAL_TEXTS), fc.string({ unit: 'binary' }), fc.string()), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

test('a terminal is told nothing that it would obey, but our own colours', () => {
  fc.assert(
    fc.property(terminalText, (each) => {
      expect(unprintableIn(visibleText(each))).toEqual([]);
      expect(visibleText(each)).not.toContain('\n');
      expect(unprintableIn(cleanLine(each, false))).toEqual([]);
      expect(unprintableIn(cleanLines(each, true), 'colours')).toEqual([]);
      expect(cleanLine(each, true)).not.toContain('\n');
      expect(unprintableIn(programLine(each).replace(/\u001b\[[\d;:]*m|\t/g, ''))).toEqual([]);
      expect(cleanLine(cleanLine(each, true), true)).toBe(cleanLine(each, true));
    }),
  );
});

test('a cell of a table never becomes a row', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(terminalText, terminalText), { maxLength: 4 }), (rows) => {
      const text = table(['A', { heading: 'B', cut: 'end' }], rows, { width: 30, paint: (_, cell) => cell });
      expect(text.split('\n')).toHaveLength(rows.length + 1);
      expect(unprintableIn(text, 'colours')).toEqual([]);
    }),
  );
});

test('a JSON document keeps the true text, in signs that are seen', () => {
  fc.assert(
    fc.property(fc.array(terminalText), (texts) => {
      for (const indent of [undefined, 2]) {
        const document = visibleJson(JSON.stringify(texts, null, indent));
        expect(unprintableIn(document)).toEqual([]);
        expect(JSON.parse(document)).toEqual(texts);
      }
    }),
  );
});
