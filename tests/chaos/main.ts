import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';
import { runEndings } from './endings.ts';

const { values } = parseArgs({
  options: {
    root: { type: 'string' },
    home: { type: 'string' },
    seed: { type: 'string' },
    seconds: { type: 'string' },
    endings: { type: 'string' },
    json: { type: 'boolean', default: false },
    'own-disk': { type: 'boolean', default: false },
  },
});

const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const world = {
  seed,
  root: values.root ?? '',
  home: values.home ?? '',
  mayFillDisk: values['own-disk'],
  tell: (line: string) => console.error(line),
};

async function everything(): Promise<readonly string[]> {
  const result = await runChaos({ ...world, durationMs: Number(values.seconds ?? 60) * 1000 });
  if (values.json) console.log(JSON.stringify(result));
  else {
    tellCounts(result.operations);
    console.log(`${result.total} operations, ${result.kills} kills, ${result.violations.length} violations`);
    if (result.violations.length > 0) console.log(`again: npm run chaos -- --seed ${seed}`);
  }
  return result.violations;
}

async function endings(count: number): Promise<readonly string[]> {
  const result = await runEndings({ ...world, endings: count });
  if (values.json) console.log(JSON.stringify(result));
  else {
    tellCounts(result.counts);
    console.log(`${count} endings, ${result.violations.length} violations (seed ${seed})`);
  }
  return result.violations;
}

function tellCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) console.log(`${String(count).padStart(6)}  ${name}`);
}

const violations = values.endings === undefined ? await everything() : await endings(Number(values.endings));
process.exitCode = violations.length > 0 ? 1 : 0;
