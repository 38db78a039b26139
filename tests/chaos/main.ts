import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';
import { runLoad } from './load.ts';
import { runEndings } from './endings.ts';

const { values } = parseArgs({
  options: {
    root: { type: 'string' },
    home: { type: 'string' },
    seed: { type: 'string' },
    seconds: { type: 'string' },
    operations: { type: 'string' },
    endings: { type: 'string' },
    each: { type: 'string' },
    load: { type: 'string' },
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

const durationMs = Number(values.seconds ?? 60) * 1000;

async function everything(): Promise<readonly string[]> {
  const result = await runChaos({ ...world, durationMs, leastOperations: Number(values.operations ?? 0) });
  if (values.json) console.log(JSON.stringify(result));
  else {
    tellCounts(result.operations);
    console.log(`${result.total} operations, ${result.kills} kills, ${result.violations.length} violations`);
    if (result.violations.length > 0) console.log(`again: npm run chaos -- --seed ${seed}`);
  }
  return result.violations;
}

/** @param each so often every cell of the table; otherwise `count` of them at random */
async function endings(count: number, each?: number): Promise<readonly string[]> {
  const result = await runEndings({ ...world, endings: count, each });
  if (values.json) console.log(JSON.stringify(result));
  else {
    tellCounts(result.counts);
    console.log(`${result.endings} endings, ${result.violations.length} violations (seed ${seed})`);
  }
  return result.violations;
}

async function load(clients: number): Promise<readonly string[]> {
  const result = await runLoad({ ...world, clients, durationMs });
  if (values.json) console.log(JSON.stringify(result));
  else {
    tellCounts(result.counts);
    result.violations.slice(0, 10).forEach((line) => console.log(line));
    console.log(
      `${clients} clients, ${result.violations.length} violations; the daemon: ` +
        `${result.cpuMsPerRequest} ms of CPU for a request, ${result.peakMemoryMb} MB at most (seed ${seed})`,
    );
  }
  return result.violations;
}

function tellCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) console.log(`${String(count).padStart(6)}  ${name}`);
}

function chosen(): Promise<readonly string[]> {
  if (values.load !== undefined) return load(Number(values.load));
  if (values.each !== undefined) return endings(0, Number(values.each));
  return values.endings === undefined ? everything() : endings(Number(values.endings));
}

const violations = await chosen();
process.exitCode = violations.length > 0 ? 1 : 0;
