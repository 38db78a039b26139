import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  growRange,
  largestRoom,
  patternFor,
  placeRange,
  type Obstacles,
  type PortRange,
  type RangeWish,
} from '../../src/domain/placement.ts';
import { browsersRefuse } from '../../src/domain/port.ts';
import { runs } from '../support/runs.ts';

/** A small stretch of ports, so that rooms are scarce; 6665-6669 and 6679 are refused by browsers. */
const [LOW, HIGH] = [6600, 6760];
const somePort = fc.integer({ min: LOW, max: HIGH });
const someRange = fc
  .tuple(somePort, fc.integer({ min: 0, max: 25 }))
  .map(([first, more]): PortRange => [first, first + more]);

/** Ranges of types never overlap. */
const someTypes = fc
  .array(someRange, { maxLength: 6 })
  .map((ranges) =>
    ranges.filter((range, index) => !ranges.slice(0, index).some((other) => overlap(range, other, 0))),
  );
const someObstacles: fc.Arbitrary<Obstacles> = fc.record({
  types: someTypes,
  blocked: fc.array(someRange, { maxLength: 2 }),
});
const someWish: fc.Arbitrary<RangeWish> = fc
  .record({
    size: fc.integer({ min: 1, max: 40 }),
    placement: fc.constantFrom('after' as const, 'before' as const, 'smart' as const),
    gap: fc.integer({ min: 0, max: 12 }),
    bounds: fc.tuple(somePort, somePort),
    start: fc.option(somePort, { nil: undefined }),
  })
  .map(({ bounds: [a, b], ...wish }) => ({ ...wish, min: Math.min(a, b), max: Math.max(a, b) }));

function overlap([a, b]: PortRange, [c, d]: PortRange, gap: number): boolean {
  return a <= d + gap && c <= b + gap;
}

function portsOf([first, last]: PortRange): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Whether nothing speaks against a range, said without any of the tested code's ways. */
function isAllowed(range: PortRange, { gap }: RangeWish, { types, blocked }: Obstacles): boolean {
  return (
    !types.some((type) => overlap(range, type, gap)) &&
    !blocked.some((other) => overlap(range, other, 0)) &&
    !portsOf(range).some(browsersRefuse)
  );
}

/** Every place within [min, max] where a range of the wished size may lie. */
function placesFor(wish: RangeWish, obstacles: Obstacles): number[] {
  const places = [];
  for (let first = wish.min; first + wish.size - 1 <= wish.max; first++) {
    if (isAllowed([first, first + wish.size - 1], wish, obstacles)) places.push(first);
  }
  return places;
}

const always = (check: (wish: RangeWish, obstacles: Obstacles) => void, wishes = someWish): void =>
  fc.assert(fc.property(wishes, someObstacles, check), runs(2000));

describe('a new range, wherever the others lie,', () => {
  test('has the wished size, keeps the gaps, and no port that may not be granted', () => {
    always((wish, obstacles) => {
      const range = placeRange(wish, obstacles);
      if (!range) return;
      expect(range[1] - range[0] + 1).toBe(wish.size);
      expect(isAllowed(range, wish, obstacles)).toBe(true);
    });
  });

  test('lies inside the bounds, and below them only where its rule says so', () => {
    always((wish, obstacles) => {
      const range = placeRange(wish, obstacles);
      if (!range) return;
      expect(range[0]).toBeGreaterThanOrEqual(Math.min(wish.min, wish.start ?? wish.min));
      expect(range[1]).toBeLessThanOrEqual(wish.max);
    });
  });

  test('is found whenever there is room', () => {
    always((wish, obstacles) => {
      if (placesFor(wish, obstacles).length > 0) expect(placeRange(wish, obstacles)).toBeDefined();
    });
  });

  test('is never found where there is none', () => {
    always((wish, obstacles) => {
      if (wish.start === undefined && placesFor(wish, obstacles).length === 0) {
        expect(placeRange(wish, obstacles)).toBeUndefined();
        expect(largestRoom(wish, obstacles)).toBeLessThan(wish.size);
      }
    });
  });

  test('after: lies behind every type of the area, as near as may be, unless there is no room', () => {
    always((wish, obstacles) => {
      if (wish.placement !== 'after' || wish.start !== undefined) return;
      const inArea = obstacles.types.filter((type) => overlap(type, [wish.min, wish.max], 0));
      const top = Math.max(0, ...inArea.map(([, last]) => last));
      const places = placesFor(wish, obstacles);
      const expected = places.find((first) => first > top) ?? places[0];
      expect(placeRange(wish, obstacles)?.[0]).toBe(expected);
    });
  });

  test('before: lies in front of every type of the area, as near as may be, unless there is no room', () => {
    always((wish, obstacles) => {
      if (wish.placement !== 'before' || wish.start !== undefined) return;
      const inArea = obstacles.types.filter((type) => overlap(type, [wish.min, wish.max], 0));
      const bottom = Math.min(70_000, ...inArea.map(([first]) => first));
      const places = placesFor(wish, obstacles);
      const expected = places.findLast((first) => first + wish.size - 1 < bottom) ?? places.at(-1);
      expect(placeRange(wish, obstacles)?.[0]).toBe(expected);
    });
  });

  test('smart: leaves no smaller room unused', () => {
    always((wish, obstacles) => {
      if (wish.placement !== 'smart' || wish.start !== undefined) return;
      const range = placeRange(wish, obstacles);
      if (!range) return;
      const roomAt = (first: number): number => {
        let size = 0;
        const fits = (port: number): boolean => port <= wish.max && isAllowed([first, port], wish, obstacles);
        while (fits(first + size)) size += 1;
        return size;
      };
      const places = placesFor(wish, obstacles);
      const startsOfRooms = places.filter((first) => !places.includes(first - 1));
      expect(startsOfRooms).toContain(range[0]);
      expect(roomAt(range[0])).toBe(Math.min(...startsOfRooms.map(roomAt)));
    });
  });

  test('with a preferred start: is the first room from there on', () => {
    always((wish, obstacles) => {
      if (wish.start === undefined || wish.placement === 'before') return;
      const fromStart = placesFor({ ...wish, min: wish.start }, obstacles);
      const [first = placeRange({ ...wish, start: undefined }, obstacles)?.[0]] = fromStart;
      expect(placeRange(wish, obstacles)?.[0]).toBe(first);
    });
  });
});

test('any number of new ranges, one after the other, are disjoint and keep the gaps between them', () => {
  fc.assert(
    fc.property(fc.array(someWish, { maxLength: 12 }), someObstacles, (wishes, obstacles) => {
      const types = [...obstacles.types];
      for (const wish of wishes) {
        const range = placeRange(wish, { ...obstacles, types });
        if (!range) continue;
        expect(isAllowed(range, wish, { ...obstacles, types })).toBe(true);
        types.push(range);
      }
    }),
    runs(500),
  );
});

test('a range grows on one side only, at most by the wished size, into ports that may be granted', () => {
  always((wish, obstacles) => {
    const own = placeRange(wish, obstacles);
    if (!own) return;
    const grown = growRange(own, wish, obstacles);
    const mayHave = (port: number): boolean =>
      port <= wish.max && port >= Math.min(wish.min, own[0]) && isAllowed([port, port], wish, obstacles);
    expect(grown !== undefined).toBe(mayHave(own[0] - 1) || mayHave(own[1] + 1));
    if (!grown) return;
    const added = grown[1] - grown[0] - (own[1] - own[0]);
    expect(added).toBeGreaterThan(0);
    expect(added).toBeLessThanOrEqual(wish.size);
    expect(grown[0] === own[0] || grown[1] === own[1]).toBe(true);
    expect(portsOf(grown).every((port) => (port >= own[0] && port <= own[1]) || mayHave(port))).toBe(true);
  });
});

describe('a pattern', () => {
  const some = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', '+', '('), maxLength: 6 });

  test('fits what stands at its stars, and takes every other letter for itself', () => {
    fc.assert(
      fc.property(
        fc.array(some, { minLength: 1, maxLength: 4 }),
        fc.array(some, { maxLength: 4 }),
        (parts, fill) => {
          const name = parts
            .map((part, index) => part + (index < parts.length - 1 ? (fill[index] ?? '') : ''))
            .join('');
          const pattern = parts.join('*');
          expect(patternFor([pattern], name)).toBe(pattern);
        },
      ),
    );
  });

  test('agrees with the regular expression of the same meaning', () => {
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 3 }), some, (parts, name) => {
        const quoted = parts.map((part) => part.replaceAll(/[.+(-]/g, String.raw`\$&`));
        const meant = new RegExp(`^${quoted.join('.*')}$`).test(name);
        expect(patternFor([parts.join('*')], name) !== undefined).toBe(meant);
      }),
      runs(1000),
    );
  });
});
