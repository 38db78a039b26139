import { expect, test } from 'vitest';
import { parsePrometheus } from '../support/prometheus.ts';

/** What accepts everything proves nothing. */
test.each([
  ['no end', '# HELP a x\n# TYPE a gauge\na 1'],
  ['no HELP', '# TYPE a gauge\na 1\n'],
  ['an unknown type', '# HELP a x\n# TYPE a number\na 1\n'],
  ['a counter without _total', '# HELP a x\n# TYPE a counter\na 1\n'],
  ['a gauge with _total', '# HELP a_total x\n# TYPE a_total gauge\na_total 1\n'],
  ['a line of another metric', '# HELP a x\n# TYPE a gauge\nb 1\n'],
  ['a line twice', '# HELP a x\n# TYPE a gauge\na 1\na 2\n'],
  ['a metric twice', '# HELP a x\n# TYPE a gauge\na 1\n# HELP a x\n# TYPE a gauge\n'],
  ['a label without quotes', '# HELP a x\n# TYPE a gauge\na{b=c} 1\n'],
  ['a label twice', '# HELP a x\n# TYPE a gauge\na{b="c",b="d"} 1\n'],
  ['no number', '# HELP a x\n# TYPE a gauge\na one\n'],
  [
    'buckets that shrink',
    '# HELP a x\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
  ],
  ['buckets without an end', '# HELP a x\n# TYPE a histogram\na_bucket{le="1"} 2\na_sum 1\na_count 2\n'],
])('the reader of metrics refuses %s', (_, text) => {
  expect(() => parsePrometheus(text)).toThrow();
});

test('the reader of metrics accepts what is right', () => {
  const text = '# HELP a_total x\n# TYPE a_total counter\na_total{b="c\\"d",e="f"} 2\n';
  expect(parsePrometheus(text).get('a_total')?.samples).toEqual([
    { name: 'a_total', labels: { b: 'c\\"d', e: 'f' }, value: 2 },
  ]);
});
