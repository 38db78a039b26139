import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';

const { values } = parseArgs({
  options: {
    root: { type: 'string' },
    home: { type: 'string' },
    seed: { type: 'string' },
    seconds: { type: 'string' },
    json: { type: 'boolean', default: false },
    'own-disk': { type: 'boolean', default: false },
  },
});

const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const result = await runChaos({
  seed,
  root: values.root ?? '',
  home: values.home ?? '',
  durationMs: Number(values.seconds ?? 60) * 1000,
  mayFillDisk: values['own-disk'],
  tell: (line) => console.error(line),
});
if (values.json) console.log(JSON.stringify(result));
else {
  for (const [name, count] of Object.entries(result.operations))
    console.log(`${String(count).padStart(6)}  ${name}`);
  console.log(`${result.total} operations, ${result.kills} kills, ${result.violations.length} violations`);
  if (result.violations.length > 0) console.log(`again: npm run chaos -- --seed ${seed}`);
}
process.exitCode = result.violations.length > 0 ? 1 : 0;
