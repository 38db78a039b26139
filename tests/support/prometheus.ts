/** One metric of a Prometheus text, with all of its lines. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: { name: string; labels: Record<string, string>; value: number }[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)/gy;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
};

/**
 * Reads the text format 0.0.4 as strictly as `promtool check metrics`: every metric has HELP and TYPE before its lines,
 * which stand together, each once; counters end with `_total` and nothing else does; buckets add up.
 * @throws Error that says what is wrong
 */
export function parsePrometheus(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family>();
  let help: { name: string; text: string } | undefined;
  let current: Family | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const comment = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line);
    if (comment) {
      const [, kind, name = '', rest = ''] = comment;
      if (kind === 'HELP') help = { name, text: rest };
      else {
        if (help?.name !== name) throw new Error(`${name} has no HELP before its TYPE`);
        if (families.has(name)) throw new Error(`${name} comes twice`);
        if (!(rest in SUFFIXES)) throw new Error(`${rest} is no type`);
        if ((rest === 'counter') !== name.endsWith('_total')) throw new Error(`${name} is named wrongly`);
        current = { name, type: rest, help: help.text, samples: [] };
        families.set(name, current);
      }
    } else addSample(line, current);
  }
  for (const family of families.values()) check(family);
  return families;
}

function addSample(line: string, family: Family | undefined): void {
  const [, name = '', labelText = '', number = ''] = SAMPLE.exec(line) ?? [];
  if (!family) throw new Error(`${line}: a line before any TYPE`);
  const suffixes = SUFFIXES[family.type] ?? [];
  if (!suffixes.some((suffix) => name === family.name + suffix)) {
    throw new Error(`${line}: a line of ${family.name}?`);
  }
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < labelText.length) {
    const match = LABEL.exec(labelText);
    if (!match) throw new Error(`${line}: labels can't be read`);
    const [, label = '', value = ''] = match;
    if (label in labels) throw new Error(`${line}: ${label} comes twice`);
    labels[label] = value;
  }
  const value = number === '+Inf' ? Infinity : Number(number);
  if (number === '' || Number.isNaN(value)) throw new Error(`${line}: no number`);
  const key = JSON.stringify([name, labels]);
  if (family.samples.some((each) => JSON.stringify([each.name, each.labels]) === key)) {
    throw new Error(`${line}: comes twice`);
  }
  family.samples.push({ name, labels, value });
}

function check({ name, type, samples }: Family): void {
  if (type === 'counter' && samples.some(({ value }) => value < 0))
    throw new Error(`${name} is less than nothing`);
  if (type !== 'histogram') return;
  const buckets = samples.filter((sample) => sample.name.endsWith('_bucket'));
  const bounds = buckets.map(({ labels }) => (labels['le'] === '+Inf' ? Infinity : Number(labels['le'])));
  const counts = buckets.map(({ value }) => value);
  const isSorted = (values: number[]): boolean =>
    values.every((value, index) => index === 0 || value >= (values[index - 1] ?? NaN));
  if (!isSorted(bounds) || !isSorted(counts)) throw new Error(`${name}: the buckets are in disorder`);
  const total = samples.find((sample) => sample.name === `${name}_count`)?.value;
  if (bounds.at(-1) !== Infinity || counts.at(-1) !== total)
    throw new Error(`${name}: the buckets don't add up`);
}
