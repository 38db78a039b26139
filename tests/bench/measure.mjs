/** Small tools for measuring: round trips over a Unix socket, quantiles, processes. Nothing here judges. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

export const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Value below which the share `q` of the sorted samples lies. */
export function quantile(samples, q) {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
}

export const median = (samples) => quantile(samples, 0.5);

/** A client that keeps its connections, so that both servers are asked in the same way. */
export function createClient(socketPath, connections = 1) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    ask(method, path, body) {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      return new Promise((resolve, reject) => {
        const headers = payload && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(payload),
        };
        const sent = request({ socketPath, method, path, agent, headers }, (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode, body: text && JSON.parse(text) }));
        });
        sent.on('error', reject);
        sent.end(payload);
      });
    },
    close: () => agent.destroy(),
  };
}

export async function timed(task) {
  const start = now();
  await task();
  return now() - start;
}

export async function sample(count, task) {
  const times = [];
  for (let index = 0; index < count; index++) times.push(await timed(() => task(index)));
  return times;
}

/**
 * Runs commands in turn, so that all see the same machine.
 * @returns of each: the wall times, and the CPU time of one run with all that it started and waited for, ms
 */
export function inTurn(count, ...commands) {
  const measured = commands.map(() => ({ times: [], cpu: 0 }));
  for (let index = 0; index <= count; index++) {
    for (const [which, [command, args, options]] of commands.entries()) {
      const [start, cpu] = [now(), cpuOf('self', ENDED)];
      const { status } = spawnSync(command, args, { stdio: 'ignore', ...options });
      if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
      // The first round warms the caches.
      if (index === 0) continue;
      measured[which].times.push(now() - start);
      measured[which].cpu += (cpuOf('self', ENDED) - cpu) / count;
    }
  }
  return measured;
}

/** Fields of proc_pid_stat(5), from the third on: of the process itself, and of its children that have ended. */
const OWN = 11;
const ENDED = 13;

/** CPU time of a process so far, ms, in steps of 10. Linux. */
export function cpuOf(pid, which = OWN) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[which]) + Number(fields[which + 1])) * 10;
}

/** Resident memory of a process, bytes. Linux. */
export function rssOf(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}

export async function until(condition, limitMs = 15_000) {
  const start = now();
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (now() - start > limitMs) throw new Error('waited too long');
    await new Promise(setImmediate);
  }
}

export function start(command, args, options) {
  return spawn(command, args, { stdio: 'ignore', ...options });
}
