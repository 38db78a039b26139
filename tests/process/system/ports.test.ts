import { readdirSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Listener } from '../../../src/system/ports/listener.ts';
import { createListenerReader, portsInUse } from '../../../src/system/ports/listeners.ts';
import { isPortFree } from '../../../src/system/ports/probe.ts';
import { bundleTs } from '../../support/run-ts.ts';
import { ended, eventually, start, startNode } from './programs.ts';
import { findWorktree } from '../../../src/system/worktree.ts';
import { isAlive } from '../../support/processes.ts';

const read = createListenerReader(async () => []);

async function listenersOn(wanted: number): Promise<Listener[]> {
  return (await read()).filter(({ port }) => port === wanted);
}

const isLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;

const lanAddress = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function listenOn(host: string): Promise<number> {
  const server = createServer().unref();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ host, port: 0 }, resolve);
  });
  return portOf(server);
}

/** A port that nobody holds: one that was just given back. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, resolve));
  const port = portOf(server);
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}

const loopback = ['127.0.0.1', '0.0.0.0', '::1', '::'];
const holders = [...loopback, ...(isLinux ? ['127.0.0.2'] : []), ...(lanAddress ? [lanAddress] : [])];

describe.each(holders)('a server on %s', (host) => {
  test.runIf(isLinux || loopback.includes(host))('makes its port taken', async () => {
    expect(await isPortFree(await listenOn(host))).toBe(false);
  });

  test.runIf(loopback.includes(host))('is seen by the probe for other systems, too', async () => {
    expect(await isPortFree(await listenOn(host), 'darwin')).toBe(false);
  });

  test('is listed with address, process, folder and user', async () => {
    const wanted = await listenOn(host);
    const listeners = await listenersOn(wanted);
    expect(listeners).toEqual([
      {
        address: host,
        port: wanted,
        pid: process.pid,
        command: expect.stringContaining('node'),
        cwd: process.cwd(),
        user: expect.any(String),
        startedAt: expect.any(String),
        worktree: findWorktree(process.cwd()),
        container: null,
      },
    ]);
    expect(await portsInUse()).toContain(wanted);
  });
});

test('a v4-mapped address holds its port, and is listed as such', async () => {
  const wanted = await listenOn('::ffff:127.0.0.1');
  expect(await isPortFree(wanted)).toBe(false);
  const [listener] = await listenersOn(wanted);
  expect(listener?.address).toBe('::ffff:127.0.0.1');
});

test('a port that nobody holds is free, as often as it is asked for', async () => {
  const port = await freePort();
  expect([await isPortFree(port), await isPortFree(port), await isPortFree(port, 'darwin')]).toEqual([
    true,
    true,
    true,
  ]);
  expect(await portsInUse()).not.toContain(port);
  expect(await listenersOn(port)).toEqual([]);
});

test('what is no port is an error, not an answer', async () => {
  await expect(isPortFree(65_536)).rejects.toThrow(RangeError);
});

test('a thousand probes leave nothing open', async () => {
  const [free, taken] = [await freePort(), await listenOn('127.0.0.1')];
  const descriptors = isLinux ? readdirSync('/proc/self/fd').length : 0;
  for (let round = 0; round < 500; round += 1) {
    expect([await isPortFree(free), await isPortFree(taken)]).toEqual([true, false]);
  }
  // The probes took no turn of the event loop, in which handles are closed: the first ends it, the second comes after.
  await setImmediate();
  await setImmediate();
  expect(process.getActiveResourcesInfo().filter((name) => name.includes('TCP'))).toEqual([]);
  expect(isLinux ? readdirSync('/proc/self/fd').length : 0).toBe(descriptors);
});

test('connections that arrive during a probe are cut, and the probe ends', async () => {
  const port = await freePort();
  const endings: Promise<unknown>[] = [];
  for (let round = 0; round < 50; round += 1) {
    const probe = isPortFree(port);
    await Promise.resolve();
    process.nextTick(() => {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      endings.push(new Promise((resolve) => void socket.once('close', resolve)));
    });
    expect(await probe).toBe(true);
  }
  await Promise.all(endings);
});

test('a program ends by itself after a probe', async () => {
  await using program = await bundleTs(`
    import { isPortFree } from './src/system/ports/probe.ts';
    console.log(await isPortFree(${await freePort()}));
  `);
  const run = start(process.execPath, [program.path]);
  expect(await run.line()).toBe('true');
  expect(await ended(run)).toEqual([0, null]);
});

test.runIf(isLinux)('without a file descriptor left, the probe fails rather than lie', async () => {
  await using program = await bundleTs(`
    import { openSync } from 'node:fs';
    import { isPortFree } from './src/system/ports/probe.ts';
    try { for (;;) openSync('/dev/null'); } catch {}
    console.log(await isPortFree(${await freePort()}).catch((error) => error.code));
  `);
  const run = start('sh', ['-c', 'ulimit -n 64; exec "$0" "$1"', process.execPath, program.path]);
  expect(await run.line()).toBe('EMFILE');
});

test.runIf(isLinux && isRoot)('without IPv6, the probe asks IPv4', async () => {
  await using program = await bundleTs(`
    import { createServer } from 'node:net';
    import { isPortFree } from './src/system/ports/probe.ts';
    const server = createServer().listen(0, '0.0.0.0', async () => {
      const { port } = server.address();
      const taken = await isPortFree(port);
      server.close(async () => console.log(taken, await isPortFree(port)));
    });
  `);
  const script = 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 && exec "$0" "$1"';
  const run = start('unshare', ['--net', 'sh', '-c', script, process.execPath, program.path]);
  expect(await run.line()).toBe('false true');
});

const HOLDER =
  "const server = require('net').createServer().listen(0, '127.0.0.1', () => console.log(server.address().port))";

test('a server of another process is listed with its command line and its folder', async () => {
  const holder = startNode(HOLDER, { cwd: '/' });
  const wanted = Number(await holder.line());
  const [listener] = await listenersOn(wanted);
  const command = `${process.execPath} -e ${HOLDER}`;
  expect(listener).toMatchObject({ pid: holder.pid, cwd: '/', command });
});

test.runIf(isLinux)('a socket that a parent shares with its child is listed for both', async () => {
  const parent = startNode(`
    const { spawn } = require('child_process');
    const server = require('net').createServer().listen(0, () => {
      const child = spawn('sleep', ['99'], { stdio: ['ignore', 'ignore', 'ignore', server._handle] });
      console.log(server.address().port, child.pid);
    });
  `);
  const [wanted = NaN, childPid] = (await parent.line()).split(' ').map(Number);
  const pids = new Set((await listenersOn(wanted)).map(({ pid }) => pid));
  expect(pids).toEqual(new Set([parent.pid, childPid]));
  process.kill(parent.pid, 'SIGKILL');
  await eventually(() => !isAlive(parent.pid));
  expect((await listenersOn(wanted)).map(({ pid }) => pid)).toEqual([childPid]);
});

test.runIf(isLinux && isRoot)("another user's server is listed without its process", async () => {
  const wanted = await listenOn('127.0.0.1');
  await using program = await bundleTs(`
    import { createListenerReader } from './src/system/ports/listeners.ts';
    const listeners = await createListenerReader(async () => [])();
    console.log(JSON.stringify(listeners.filter(({ port }) => port === ${wanted})));
  `);
  await chmod(dirname(program.path), 0o755);
  const run = start('setpriv', ['--reuid=65534', '--clear-groups', process.execPath, program.path], {
    cwd: '/',
  });
  expect(JSON.parse(await run.line())).toEqual([
    {
      address: '127.0.0.1',
      port: wanted,
      pid: null,
      command: null,
      cwd: null,
      user: 'root',
      startedAt: null,
      worktree: null,
      container: null,
    },
  ]);
});
