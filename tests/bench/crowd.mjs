/** Leases, sockets and clients in numbers, and what a patient asker sees of them. Nothing here judges. */
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setInterval as every } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuOf, timed } from './measure.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

/** @returns the process that listens on so many ports of the system's choice, and on those from `from` to `to` */
export async function listenOnMany(count, [from, to]) {
  const child = fork(file('socket-crowd.mjs'), [count, from, to].map(String));
  await once(child, 'message');
  child.disconnect();
  return child;
}

/** @returns how to end the so many processes that sleep */
export async function startSleepers(count) {
  const script = `i=0; while [ $i -lt ${count} ]; do sleep 1000 & i=$((i+1)); done; echo all; wait`;
  const shell = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  await once(shell.stdout, 'data');
  return () => void process.kill(-Number(shell.pid), 'SIGKILL');
}

/** @returns CPU of the daemon for one `styxy run` of a command that ends at once, ms */
export function cpuOfEachRun(pid, runs, styxy, env) {
  const before = cpuOf(pid);
  for (let index = 0; index < runs; index++)
    spawnSync(process.execPath, [styxy, 'run', '--', 'true'], { env, stdio: 'ignore' });
  return (cpuOf(pid) - before) / runs;
}

/** @returns the process that asks for all leases so many times a second */
export function askForLists(socket, timesASecond) {
  return spawn(process.execPath, [file('list-asker.mjs'), socket, String(timesASecond)], { stdio: 'ignore' });
}

/** @param extra more of the body, by index */
export async function leaseMany(client, count, extra) {
  const ids = [];
  for (let index = 0; index < count; index++) {
    const { body } = await client.ask('POST', '/allocate', {
      service_type: 'bench',
      service_name: `service-${index}`,
      project_path: `/home/somebody/worktrees/project-${index % 50}`,
      ...extra(index),
    });
    ids.push(body.lock_id);
  }
  return ids;
}

export async function releaseMany(client, ids) {
  for (const id of ids) await client.ask('DELETE', `/allocate/${id}`);
}

/**
 * Asks each of the clients for its status a hundred times a second, in turn, without waiting for earlier answers: a
 * pause of the asked one meets several requests, and what the machine does to us meets all alike.
 * @returns the latencies of each, ms
 */
export async function askSteadily(clients, seconds) {
  const times = clients.map(() => []);
  const open = [];
  let ticks = 0;
  for await (const _ of every(10 / clients.length)) {
    const which = ticks % clients.length;
    open.push(timed(() => clients[which].ask('GET', '/status')).then((time) => times[which].push(time)));
    if (++ticks >= seconds * 100 * clients.length) break;
  }
  await Promise.all(open);
  return times;
}
