/** What a command of Styxy costs at its start, beside what Node itself costs. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurn, median, now } from './measure.mjs';

/** Further versions of Node, from the registry. */
const OTHER_NODES = [20, 22, 24];

/** `env` and `home` are those of a daemon that runs; `report` and `skip` take the rows. */
export function benchStart({ styxy, env, home, report, skip, quick }) {
  for (const { node, label } of nodes(skip)) benchNode(node, label, { styxy, env, report, quick });
  benchScript({ styxy, env, home, report, quick });
}

function benchNode(node, label, { styxy, env, report, quick }) {
  const ours = (...args) => [node, [styxy, ...args], { env }];
  const [bare, run, list] = inTurn(
    quick ? 10 : 40,
    [node, ['-e', '0'], {}],
    ours('run', '--', 'true'),
    ours('list'),
  );
  const shortest = [Math.min(...run.times), Math.min(...bare.times)];
  report(`styxy run -- true${label}, daemon warm, shortest / node -e 0`, ...shortest, { bound: 2 });
  report(`styxy run -- true${label}, median / node -e 0`, median(run.times), median(bare.times));
  report(`styxy run -- true${label}, CPU / node -e 0`, run.cpu, bare.cpu, { bound: 2 });
  report(`styxy list${label}, CPU / node -e 0`, list.cpu, bare.cpu, { bound: 2 });
}

/** The Node that runs this, and those that can be had. */
function* nodes(skip) {
  const own = Number(process.versions.node.split('.')[0]);
  yield { node: process.execPath, label: '' };
  for (const major of OTHER_NODES.filter((each) => each !== own)) {
    const node = fetchNode(major);
    if (node) yield { node, label: ` (node ${major})` };
    else skip(`node ${major}`, 'it can not be had from the npm registry');
  }
}

/** Kept in the temp folder for the next time. @returns its file, or undefined */
function fetchNode(major) {
  const folder = join(tmpdir(), 'styxy-bench-nodes', String(major));
  const node = join(folder, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    const packages = [`node@${major}`, '--no-audit', '--no-fund', '--loglevel=error'];
    // Its binary comes by a script of the package.
    spawnSync('npm', ['install', '--prefix', folder, '--ignore-scripts=false', ...packages], {
      stdio: 'ignore',
      timeout: 180_000,
    });
  }
  return existsSync(node) ? node : undefined;
}

/** A server of Node behind a script, from the start until it listens, when it ends. */
function benchScript({ styxy, env, home, report, quick }) {
  const cwd = join(home, 'demo');
  mkdirSync(join(cwd, '.git'), { recursive: true });
  writeFileSync(join(cwd, '.git', 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(
    join(cwd, 'package.json'),
    JSON.stringify({ name: 'demo', scripts: { dev: 'node server.js' } }),
  );
  const server = "require('http').createServer().listen(process.env.PORT ?? 0, () => process.exit())";
  writeFileSync(join(cwd, 'server.js'), server);
  const options = { cwd, env: { ...env, CI: '' } };
  const hasRun = spawnSync(process.execPath, ['--run', 'dev'], { ...options, stdio: 'ignore' }).status === 0;
  const [npm, plain, direct, behind, nodeRun] = inTurn(
    quick ? 5 : 15,
    ['npm', ['run', 'dev'], options],
    [process.execPath, ['server.js'], options],
    [process.execPath, [styxy, 'run', 'dev'], options],
    [process.execPath, [styxy, 'run', '--', 'npm', 'run', 'dev'], options],
    ...(hasRun ? [[process.execPath, ['--run', 'dev'], options]] : []),
  );
  const beside = (what, each, bound) => {
    report(`${what} until it listens, CPU / npm run dev`, each.cpu, npm.cpu, { bound });
    report(
      `${what} until it listens, shortest / npm run dev`,
      Math.min(...each.times),
      Math.min(...npm.times),
    );
  };
  beside('styxy run dev', direct, 0.8);
  beside('styxy run -- npm run dev', behind, 1.6);
  beside('node server.js', plain);
  // Node 22 and later have it.
  if (nodeRun) beside('node --run dev', nodeRun);
}

/** @returns wall times of the first command of a home that has no daemon, ms */
export function coldStarts({ styxy, env, count, stopDaemon }) {
  return Array.from({ length: count }, () => {
    const begin = now();
    spawnSync(process.execPath, [styxy, 'run', '--', 'true'], { env, stdio: 'ignore' });
    const time = now() - begin;
    stopDaemon();
    return time;
  });
}
