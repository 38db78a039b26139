/**
 * `npm run bench`: Styxy beside the least that Node could do, measured in one run on one machine and printed as ratios.
 * `-- --quick` takes fewer samples; `-- --json` prints one document;
 * `-- --compare before.json` compares with such a document, and with two of them measures nothing.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { comparison } from './compare.mjs';
import {
  askForLists,
  askSteadily,
  cpuOfEachRun,
  leaseMany,
  listenOnMany,
  releaseMany,
  startSleepers,
} from './crowd.mjs';
import {
  cpuOf,
  createClient,
  inTurn,
  median,
  now,
  quantile,
  rssOf,
  sample,
  start,
  timed,
  until,
} from './measure.mjs';
import { benchStart, coldStarts } from './start.mjs';

// Node 20 reads all of these certificates at each start, which takes longer than the start.
for (const name of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR']) delete process.env[name];

const compared = process.argv.includes('--compare')
  ? process.argv.slice(process.argv.indexOf('--compare') + 1).filter((word) => !word.startsWith('--'))
  : [];
const quick = process.argv.includes('--quick');
const asJson = process.argv.includes('--json');
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const styxy = join(root, 'bin', 'styxy.js');
const home = mkdtempSync(join(tmpdir(), 'styxy-bench-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));
const env = { ...process.env, STYXY_HOME: home, STYXY_HTTP_PORT: '0' };
const rows = [];
const skipped = [];

/** @param bound what the ratio must not exceed; a row without one is for information */
function report(what, value, counterpart, { unit = 'ms', bound } = {}) {
  const ratio = counterpart === undefined ? undefined : value / counterpart;
  rows.push({
    what,
    value,
    counterpart,
    unit,
    ratio,
    bound,
    ok: bound === undefined || (ratio ?? value) <= bound,
  });
  if (asJson) return;
  const show = (number) =>
    number === undefined ? '' : number >= 100 ? number.toFixed(0) : number.toPrecision(3);
  const columns = [
    what.padEnd(70),
    `${show(value)} ${unit}`.padStart(12),
    counterpart === undefined ? ''.padStart(12) : `${show(counterpart)} ${unit}`.padStart(12),
    ratio === undefined ? ''.padStart(8) : `${ratio.toFixed(2)} x`.padStart(8),
    bound === undefined
      ? ''
      : `${rows.at(-1).ok ? 'ok' : 'OVER'} (at most ${bound}${ratio === undefined ? ` ${unit}` : ' x'})`,
  ];
  console.log(columns.join('  '));
}

function skip(what, why) {
  skipped.push({ what, why });
  if (!asJson) console.log(`${what.padEnd(70)}  skipped: ${why}`);
}

function startDaemon() {
  spawnSync(process.execPath, [styxy, 'daemon', 'start'], { env, stdio: 'ignore' });
  return JSON.parse(readFileSync(join(home, 'daemon.pid'), 'utf8'));
}
const stopDaemon = () => spawnSync(process.execPath, [styxy, 'daemon', 'stop'], { env, stdio: 'ignore' });

function benchCommand() {
  startDaemon();
  benchStart({ styxy, env, home, report, skip, quick });
  stopDaemon();
  const cold = coldStarts({ styxy, env, count: quick ? 3 : 8, stopDaemon });
  const [node] = inTurn(quick ? 3 : 8, [process.execPath, ['-e', '0'], {}]);
  report('styxy run -- true, no daemon yet / node -e 0', median(cold), median(node.times));
}

/** What the end of a run costs the daemon, which looks for what the run has left. */
async function benchEndings(pid) {
  for (const count of [160, 1000, 5000]) {
    const missing = count - readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length;
    if (missing < 0) {
      skip(`a run among ${count} processes`, `there are ${-missing} more`);
      continue;
    }
    const endSleepers = await startSleepers(missing);
    try {
      // The daemon may be looking at the new ones.
      await sleep(2000);
      const cpu = cpuOfEachRun(pid, quick ? 10 : 40, styxy, env);
      report(`CPU of the daemon for a run, ${count} processes on the machine`, cpu, undefined);
    } finally {
      endSleepers();
    }
  }
}

async function benchRoundTrips(daemon, echo, floor, pids) {
  const body = { service_type: 'bench', service_name: 'round-trip', project_path: '/bench', ttl_ms: 60_000 };
  const pair = (client, path) => async () => {
    const { body: answer } = await client.ask('POST', '/allocate', body);
    await client.ask('DELETE', `/allocate/${path ?? answer.lock_id}`);
  };
  const count = quick ? 500 : 3000;
  const asked = [pair(daemon), pair(echo, 'x'), pair(floor)];
  for (const warmUp of asked) await sample(300, warmUp);
  const times = asked.map(() => []);
  const cpu = pids.map((pid) => -cpuOf(pid));
  for (let slice = 0; slice < 10; slice++)
    for (const [which, ask] of asked.entries()) times[which].push(...(await sample(count / 10, ask)));
  const [ours, theirs, least] = times;
  const [ourCpu, , leastCpu] = cpu.map((before, which) => (before + cpuOf(pids[which])) / count);
  report('allocate + release, p50 / two echo round trips', median(ours), median(theirs), { bound: 2 });
  report('allocate + release, p99 / two echo round trips', quantile(ours, 0.99), quantile(theirs, 0.99));
  report('allocate + release, shortest / floor server', Math.min(...ours), Math.min(...least));
  report('allocate + release, p50 / floor server', median(ours), median(least));
  report('allocate + release, CPU of the server / floor server', ourCpu, leastCpu);
}

async function benchConcurrent(socket, pid) {
  const clients = createClient(socket, 50);
  const answers = [];
  const cpu = cpuOf(pid);
  const wall = await timed(async () => {
    answers.push(
      ...(await Promise.all(
        Array.from({ length: 200 }, () => clients.ask('POST', '/allocate', { service_type: 'bench' })),
      )),
    );
  });
  const ports = new Set(answers.map(({ body }) => body.port));
  report('200 allocations at once, wall', wall, undefined);
  report('200 allocations at once, CPU of the server', cpuOf(pid) - cpu, undefined);
  report('200 allocations at once, duplicates', 200 - ports.size, undefined, { unit: '', bound: 0 });
  for (const { body } of answers) await clients.ask('DELETE', `/allocate/${body.lock_id}`);
  clients.close();
}

/** From SIGKILL of the wrapper until the same port can be leased again, its child's tree being dead. */
async function benchReap(daemon) {
  const times = [];
  for (let index = 0; index < (quick ? 3 : 10); index++) {
    const server = "require('http').createServer().listen(process.env.PORT)";
    const wrapper = start(
      process.execPath,
      [styxy, 'run', '--type', 'bench', '--', process.execPath, '-e', server],
      { env },
    );
    const lease = await until(async () => {
      const { body } = await daemon.ask('GET', '/allocations?type=bench');
      return body.allocations.find(({ state }) => state === 'bound');
    });
    const begin = now();
    wrapper.kill('SIGKILL');
    await until(async () => {
      const { status, body } = await daemon.ask('POST', '/allocate', {
        service_type: 'bench',
        port: lease.port,
      });
      if (status !== 200) return false;
      await daemon.ask('DELETE', `/allocate/${body.lock_id}`);
      return true;
    });
    times.push(now() - begin);
  }
  report('SIGKILL of a wrapper until its port is leasable again', median(times), undefined, { bound: 1000 });
}

async function benchManyLeases(daemon, pid, barePid, bareClient) {
  const steps = [10, 1000, 20_000];
  const latencies = [];
  let live = 0;
  for (const step of steps) {
    for (; live < step; live++) await fill(daemon, live);
    const times = [];
    for (let index = 0; index < (quick ? 200 : 1000); index++) {
      const begin = now();
      const { body } = await daemon.ask('POST', '/allocate', { service_type: 'bench', ttl_ms: 3_600_000 });
      times.push(now() - begin);
      await daemon.ask('DELETE', `/allocate/${body.lock_id}`);
    }
    latencies.push(median(times));
  }
  report('allocation p50 with 1,000 live leases / with 10', latencies[1], latencies[0], { bound: 1.3 });
  report('allocation p50 with 20,000 live leases / with 10', latencies[2], latencies[0], { bound: 1.3 });
  for (let index = 0; index < 20_000; index++) await bareClient.ask('POST', '/allocate', fillBody(index));
  report(
    'RSS with 20,000 leases, under load / bare server after as many requests',
    ...inMegabytes(rssOf(pid), rssOf(barePid)),
  );
  await sleep(15_000);
  const { body } = await daemon.ask('GET', '/status');
  report('RSS with 20,000 leases, at rest / bare server', ...inMegabytes(rssOf(pid), rssOf(barePid), 1.25));
  report('daemon heap with 20,000 leases, at rest', body.memory.heap_used / 2 ** 20, undefined, {
    unit: 'MB',
    bound: 20,
  });
}

/** Arguments of `report` for two sizes in bytes. */
function inMegabytes(ours, theirs, bound) {
  return [ours / 2 ** 20, theirs / 2 ** 20, { unit: 'MB', bound }];
}

const fillBody = (index) => ({
  service_type: 'bench',
  service_name: `service-${index}`,
  project_path: `/home/somebody/worktrees/project-${index % 50}`,
  ttl_ms: 3_600_000,
});
const fill = (client, index) => client.ask('POST', '/allocate', fillBody(index));

/** @param what there is besides; @param settleMs what was set going shall be over by then */
async function benchIdle(pid, what = '', settleMs = 5000) {
  const seconds = quick ? 10 : 60;
  await sleep(settleMs);
  const before = cpuOf(pid);
  await sleep(seconds * 1000);
  report(`idle CPU a minute${what}`, ((cpuOf(pid) - before) * 60) / seconds / 1000, undefined, {
    unit: 's',
    bound: 0.1,
  });
}

/** Beside 500 sockets. The longest answer at a steady rate is the longest time that the daemon attended to nobody. */
async function benchCrowd(daemon, pid, socket, bareSocket) {
  // Those of the range are listeners that bypass Styxy.
  const crowd = await listenOnMany(480, [32_480, 32_499]);
  const holders = Array.from({ length: 20 }, () => start('sleep', ['1000']));
  const several = [createClient(socket, 32), createClient(bareSocket, 32)];
  try {
    const leases = await leaseMany(daemon, 1000, () => ({ ttl_ms: 3_600_000 }));
    await sleep(2000);
    await reportSteady(several, 'alone');
    const asker = askForLists(socket, 5);
    await sleep(1000);
    await reportSteady(several, '5 lists a second');
    asker.kill();
    await benchIdle(pid, ', 1,000 leases with a deadline', 15_000);
    await releaseMany(daemon, leases);
    const held = await leaseMany(daemon, 1000, (index) => ({ process_id: holders[index % 20].pid }));
    await benchIdle(pid, ', 1,000 leases of 20 processes', 20_000);
    await releaseMany(daemon, held);
  } finally {
    for (const client of several) client.close();
    for (const child of [crowd, ...holders]) child.kill();
  }
}

async function reportSteady(clients, when) {
  const [ours, theirs] = await askSteadily(clients, quick ? 5 : 20);
  const what = `500 sockets, 1,000 leases, ${when}: /status`;
  report(`${what} p50 / echo`, median(ours), median(theirs));
  report(`${what} p99`, quantile(ours, 0.99), undefined, { bound: 10 });
  report(`${what} p99 / echo`, quantile(ours, 0.99), quantile(theirs, 0.99));
  report(`${what} longest`, Math.max(...ours), undefined, { bound: 20 });
  report(`${what} longest / echo`, Math.max(...ours), Math.max(...theirs));
}

async function main() {
  const [bareSocket, floorSocket] = [join(home, 'bare.sock'), join(home, 'floor.sock')];
  const bare = start(process.execPath, [join(root, 'tests/bench/bare-server.cjs'), bareSocket]);
  const floorFiles = [floorSocket, join(home, 'floor.state')];
  const floor = start(process.execPath, [join(root, 'tests/bench/floor-server.cjs'), ...floorFiles]);
  try {
    mkdirSync(home, { recursive: true });
    writeFileSync(
      join(home, 'config.json'),
      JSON.stringify({ service_types: { bench: { port_range: [11_500, 32_499] } } }),
    );
    if (!asJson) console.log(`node ${process.versions.node}, ${process.platform} ${process.arch}\n`);
    benchCommand();
    await until(() => existsSync(bareSocket) && existsSync(floorSocket));
    const { pid, socket } = startDaemon();
    const daemon = createClient(socket);
    const echo = createClient(bareSocket);
    await daemon.ask('GET', '/status');
    await echo.ask('GET', '/');
    const { body } = await daemon.ask('GET', '/status');
    report(
      'daemon RSS after start / bare Node HTTP server',
      ...inMegabytes(rssOf(pid), rssOf(bare.pid), 1.25),
    );
    report('daemon heap after start', body.memory.heap_used / 2 ** 20, undefined, { unit: 'MB', bound: 20 });
    await benchIdle(pid);
    const least = createClient(floorSocket);
    await benchRoundTrips(daemon, echo, least, [pid, bare.pid, floor.pid]);
    least.close();
    await benchConcurrent(socket, pid);
    await benchReap(daemon);
    await benchEndings(pid);
    await benchCrowd(daemon, pid, socket, bareSocket);
    await benchManyLeases(daemon, pid, bare.pid, echo);
    daemon.close();
    echo.close();
  } finally {
    stopDaemon();
    bare.kill();
    floor.kill();
  }
  const result = { node: process.versions.node, rows, skipped };
  if (asJson) return console.log(JSON.stringify(result));
  const [before] = compared;
  if (before) console.log(`\n${comparison(readResult(before), result)}`);
  const over = rows.filter(({ ok }) => !ok);
  if (over.length > 0)
    console.log(`\n${over.length} over their bound; on a busy machine run it again before believing it`);
}

const readResult = (file) => JSON.parse(readFileSync(file, 'utf8'));

if (compared.length > 1) {
  console.log(comparison(...compared.map(readResult)));
} else await main();
