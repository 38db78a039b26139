/**
 * `npm run chaos -- --minutes 10 --seed 42`: everything that can happen to Styxy, at random and at once, while a checker
 * compares what Styxy says with what the kernel says. Exit code 1 when something was untrue.
 * `--seconds 10 --operations 50`: so long, and until there were so many of these things.
 * `npm run chaos -- --endings 1000`: runs that end in every way, with every kind of process tree, at random moments.
 * `npm run chaos -- --each 100`: each of these ways with each of these kinds, a hundred times.
 * `npm run chaos -- --load 50 --minutes 10`: so many clients that ask without a pause.
 *
 * Where the system allows it, Styxy's home is a small disk of its own in a mount space of its own, so that the disk can
 * be filled without anybody else noticing.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleModule } from '../../scripts/bundle.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    seconds: { type: 'string' },
    operations: { type: 'string' },
    seed: { type: 'string' },
    endings: { type: 'string' },
    each: { type: 'string' },
    load: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const seconds = values.minutes === undefined ? (values.seconds ?? '60') : String(Number(values.minutes) * 60);
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'styxy-chaos-'));
const home = join(folder, 'home');

try {
  mkdirSync(home, { mode: 0o700 });
  const program = join(folder, 'chaos.mjs');
  await bundleModule('tests/chaos/main.ts', program);
  const ownSpace = ['--mount', '--propagation', 'private'];
  const ownDisk = `mount -t tmpfs -o size=16m,mode=700 chaos ${home}`;
  const mayMount = spawnSync('unshare', [...ownSpace, 'sh', '-c', ownDisk], { stdio: 'ignore' }).status === 0;
  if (!mayMount) console.error('no disk of our own here (needs root and unshare): it is not filled');

  const node = [process.execPath, program, '--root', root, '--home', home, '--seconds', seconds];
  for (const name of ['operations', 'endings', 'each', 'load'])
    if (values[name] !== undefined) node.push(`--${name}`, values[name]);
  if (values.seed !== undefined) node.push('--seed', values.seed);
  if (values.json) node.push('--json');
  const [file, ...args] = mayMount
    ? ['unshare', ...ownSpace, 'sh', '-c', `${ownDisk} && exec "$@"`, 'sh', ...node, '--own-disk']
    : node;
  process.exitCode = spawnSync(file, args, { stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
