import { describe, expect, test } from 'vitest';
import { planType } from '../../../../src/daemon/grants/auto-types.ts';
import { createCatalog } from '../../../../src/domain/service-type.ts';
import { parseUserConfig } from '../../../../src/settings/parse.ts';
import { serviceType } from '../../../support/leases.ts';

const catalog = createCatalog([serviceType('low', 20_100, 20_109), serviceType('high', 20_200, 20_209)]);
const AREA = { min_port: 20_000, max_port: 20_399 };

/** Where a type of this name goes under these settings. */
function rangeOf(name: string, auto_allocation: object = {}, auto_allocation_rules: object = {}) {
  const written = { auto_allocation: { ...AREA, ...auto_allocation }, auto_allocation_rules };
  const settings = parseUserConfig(written, 'config.json');
  return planType(name, false, { settings, catalog }, { reserved: new Set(), ephemeral: [32_768, 60_999] })
    .type.range;
}

describe('auto_allocation', () => {
  test.each<[string, object, number[]]>([
    ['without a word', {}, [20_220, 20_229]],
    ['default_chunk_size', { default_chunk_size: 3 }, [20_220, 20_222]],
    ['placement: before', { placement: 'before' }, [20_080, 20_089]],
    ['placement: smart', { placement: 'smart', default_chunk_size: 60 }, [20_120, 20_179]],
    ['gap_size', { gap_size: 2 }, [20_212, 20_221]],
    ['preserve_gaps', { preserve_gaps: false }, [20_210, 20_219]],
    ['min_port', { min_port: 20_300 }, [20_300, 20_309]],
    ['max_port', { max_port: 20_225, gap_size: 0, placement: 'before' }, [20_090, 20_099]],
  ])('%s says where a new range goes', (_, settings, range) => {
    expect(rangeOf('grafana', settings)).toEqual(range);
  });

  test('max_port is the end of the room', () => {
    expect(() => rangeOf('grafana', { min_port: 20_200, max_port: 20_215 })).toThrow(/grafana/);
  });

  test('enabled: false refuses what nobody has heard of', () => {
    expect(() => rangeOf('grafana', { enabled: false })).toThrow(/no service type "grafana"/);
  });
});

test('smart places similar services side by side', () => {
  const placement = { placement: 'smart', default_chunk_size: 60 };
  expect(rangeOf('high-ui', placement)).toEqual([20_220, 20_279]);
  expect(rangeOf('low-ui', placement)).toEqual([20_120, 20_179]);
  expect(rangeOf('high-ui', { placement: 'before' }), 'only smart does').toEqual([20_080, 20_089]);
});

describe('a rule of auto_allocation_rules', () => {
  test.each<[string, object, number[]]>([
    ['chunk_size', { chunk_size: 4 }, [20_220, 20_223]],
    ['placement', { placement: 'before' }, [20_080, 20_089]],
    ['preferred_range_start', { preferred_range_start: 20_300 }, [20_300, 20_309]],
  ])('says by %s what is different for names that fit it, and for no others', (_, rule, range) => {
    expect(rangeOf('queue-jobs', {}, { 'queue-*': rule })).toEqual(range);
    expect(rangeOf('jobs', {}, { 'queue-*': rule })).toEqual([20_220, 20_229]);
  });
});
