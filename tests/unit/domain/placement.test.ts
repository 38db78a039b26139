import { describe, expect, test } from 'vitest';
import {
  growRange,
  patternFor,
  placeRange,
  similarTypes,
  type Obstacles,
  type PortRange,
  type RangeWish,
} from '../../../src/domain/placement.ts';

const wish = (own: Partial<RangeWish> = {}): RangeWish => ({
  size: 10,
  placement: 'after',
  gap: 10,
  min: 10_000,
  max: 32_767,
  start: undefined,
  ...own,
});
const obstacles = (...types: Obstacles['types']): Obstacles => ({ types, blocked: [[32_768, 60_999]] });
/** As the built-in types: many below the area, one in it. */
const usual = obstacles([3000, 3099], [9200, 9299], [11_400, 11_499]);

describe('where a new range goes', () => {
  test.each([
    ['after', [11_510, 11_519]],
    ['before', [11_380, 11_389]],
    ['smart', [10_000, 10_009]],
  ] as const)('%s', (placement, range) => {
    expect(placeRange(wish({ placement }), usual)).toEqual(range);
  });

  test('smart: into the smallest room that is large enough', () => {
    const rooms = obstacles([20_000, 20_100], [20_131, 20_200], [20_240, 32_767]);
    expect(placeRange(wish({ placement: 'smart', min: 20_000 }), rooms)).toEqual([20_111, 20_120]);
    expect(placeRange(wish({ placement: 'smart', min: 20_000, size: 11 }), rooms)).toEqual([20_211, 20_221]);
  });

  test('smart: as near as may be to a type with a similar name, above it rather than below', () => {
    const rooms = obstacles([20_000, 20_100], [20_131, 20_200], [20_240, 32_767]);
    const beside = (...ranges: PortRange[]) =>
      placeRange(wish({ placement: 'smart', min: 20_000, beside: ranges }), rooms);
    expect(beside([20_131, 20_200])).toEqual([20_211, 20_220]);
    expect(beside([20_240, 32_767])).toEqual([20_220, 20_229]);
    expect(beside([3000, 3099]), 'from below the area').toEqual([20_111, 20_120]);
    expect(beside([3000, 3099], [20_131, 20_200]), 'of several the nearest').toEqual([20_211, 20_220]);
    expect(beside([20_240, 32_767], [20_000, 20_100]), 'above').toEqual([20_111, 20_120]);
  });

  test('names are similar that begin with the same word', () => {
    const names = ['jaeger', 'jaegermeister', 'jaeger.db', 'Jaeger_ui', 'ui-jaeger', 'jaeger-ui'];
    expect(similarTypes('jaeger-ui', names)).toEqual(['jaeger', 'jaeger.db', 'Jaeger_ui']);
  });

  test('an empty area: "after" and "smart" begin at its lower end, "before" at its upper one', () => {
    const none = obstacles([3000, 3099]);
    expect(placeRange(wish({ placement: 'after' }), none)).toEqual([10_000, 10_009]);
    expect(placeRange(wish({ placement: 'smart' }), none)).toEqual([10_000, 10_009]);
    expect(placeRange(wish({ placement: 'before' }), none)).toEqual([32_758, 32_767]);
  });

  test('a high range leaves the room below it, a low range the room above it', () => {
    const high = obstacles([32_700, 32_767]);
    expect(placeRange(wish({ placement: 'after' }), high)).toEqual([10_000, 10_009]);
    const low = obstacles([10_000, 10_049]);
    expect(placeRange(wish({ placement: 'before' }), low)).toEqual([32_758, 32_767]);
  });

  test('without gaps ranges touch', () => {
    expect(placeRange(wish({ gap: 0 }), usual)).toEqual([11_500, 11_509]);
    expect(placeRange(wish({ gap: 0, placement: 'before' }), usual)).toEqual([11_390, 11_399]);
  });

  test.each([1, 2, 999, 1000])('chunks of %d ports work', (size) => {
    expect(placeRange(wish({ size }), usual)).toEqual([11_510, 11_509 + size]);
  });

  test('the ports of the system are never in it, though it may touch them', () => {
    const area = wish({ min: 32_700, max: 40_000, size: 68 });
    expect(placeRange(area, obstacles())).toEqual([32_700, 32_767]);
    expect(placeRange({ ...area, size: 69 }, obstacles())).toBeUndefined();
    expect(placeRange({ ...area, size: 69, max: 65_535 }, obstacles())).toEqual([61_000, 61_068]);
  });

  test('ports below 1024 are never in it, whatever the bounds say', () => {
    expect(placeRange(wish({ min: 1, start: 80 }), obstacles())).toEqual([1024, 1033]);
  });

  test('a preferred start may lie below the bounds; when there is no room, the rest of the area is used', () => {
    const rule = wish({ placement: 'smart', start: 9000, size: 20 });
    expect(placeRange(rule, obstacles([9050, 9098]))).toEqual([9000, 9019]);
    expect(placeRange(rule, obstacles([9000, 9019], [9050, 9098]))).toEqual([9109, 9128]);
    expect(placeRange({ ...rule, placement: 'before' }, obstacles([9000, 9019]))).toEqual([32_748, 32_767]);
    expect(placeRange({ ...rule, start: 31_000, max: 31_010 }, obstacles())).toEqual([10_000, 10_019]);
  });

  test('"before" a preferred start: there, or in the next room below', () => {
    const rule = wish({ placement: 'before', start: 20_000 });
    expect(placeRange(rule, obstacles())).toEqual([20_000, 20_009]);
    expect(placeRange(rule, obstacles([20_000, 20_009]))).toEqual([19_980, 19_989]);
  });
});

describe('a full range grows', () => {
  test('directly behind itself, as far as the gap to the next one lets it', () => {
    expect(growRange([10_000, 10_009], wish(), obstacles())).toEqual([10_000, 10_019]);
    expect(growRange([10_000, 10_009], wish(), obstacles([10_025, 10_030]))).toEqual([10_000, 10_014]);
  });

  test('in front of itself when there is no room behind it, and first of all with "before"', () => {
    const neighbour = obstacles([11_020, 11_029]);
    expect(growRange([11_000, 11_009], wish(), neighbour)).toEqual([10_990, 11_009]);
    expect(growRange([11_000, 11_009], wish({ placement: 'before' }), obstacles())).toEqual([10_990, 11_009]);
  });

  test('not past the bounds, the ports of the system, or a port that browsers refuse', () => {
    expect(growRange([10_000, 10_009], wish({ max: 10_009 }), obstacles())).toBeUndefined();
    expect(growRange([9000, 9009], wish({ max: 9009 }), obstacles())).toBeUndefined();
    expect(growRange([32_750, 32_767], wish({ max: 40_000, min: 32_750 }), obstacles())).toBeUndefined();
    expect(growRange([10_070, 10_079], wish({ min: 10_070 }), obstacles())).toBeUndefined();
  });
});

describe('of several patterns', () => {
  test('the one with the most letters wins, wherever it stands', () => {
    expect(patternFor(['*', 'monitoring-*', 'monitoring-a*', 'database-*'], 'monitoring-abc')).toBe(
      'monitoring-a*',
    );
    expect(patternFor(['monitoring-abc', 'monitoring-*'], 'monitoring-abc')).toBe('monitoring-abc');
    expect(patternFor(['*'], 'grafana')).toBe('*');
  });

  test('none fits what it only resembles', () => {
    expect(patternFor(['monitoring-*', 'a.b*', 'x*y*x'], 'monitoring')).toBeUndefined();
    expect(patternFor(['a.b*'], 'axb')).toBeUndefined();
    expect(patternFor(['x*x'], 'x')).toBeUndefined();
    expect(patternFor([], 'x')).toBeUndefined();
  });
});
