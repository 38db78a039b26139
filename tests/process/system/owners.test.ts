import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createOwnerFinder } from '../../../src/system/ports/inode-owners.ts';
import { readProcNet } from '../../../src/system/ports/proc-net.ts';
import { ended, startNode } from './programs.ts';

const isLinux = process.platform === 'linux';

async function inodeOf(port: number): Promise<string> {
  const socket = (await readProcNet()).find((each) => each.port === port);
  return socket?.inode ?? '';
}

test.runIf(isLinux)('an owner is remembered as long as it holds the socket, and not longer', async () => {
  const program = startNode(
    "const server = require('net').createServer().listen(0, () => console.log(server.address().port))",
  );
  const inode = await inodeOf(Number(await program.line()));
  const find = createOwnerFinder();
  const wanted = new Set([inode]);
  expect((await find(wanted))(inode)).toEqual([program.pid]);
  expect((await find(wanted))(inode)).toEqual([program.pid]);
  program.child.kill('SIGKILL');
  await ended(program);
  expect((await find(wanted))(inode)).toEqual([]);
});

test.runIf(isLinux)('a process that inherits a socket later is found when the memory is old', async () => {
  const parent = startNode(`
    const { spawn } = require('child_process');
    const server = require('net').createServer().listen(0, () => console.log(server.address().port));
    process.stdin.once('data', () => {
      const child = spawn('sleep', ['99'], { stdio: ['ignore', 'ignore', 'ignore', server._handle] });
      console.log(child.pid);
    });
  `);
  const inode = await inodeOf(Number(await parent.line()));
  let now = 0;
  const find = createOwnerFinder(() => now);
  const wanted = new Set([inode]);
  expect((await find(wanted))(inode)).toEqual([parent.pid]);
  parent.child.stdin?.write('\n');
  const child = Number(await parent.line());
  now = 10_000;
  expect((await find(wanted))(inode)).toEqual([parent.pid]);
  now = 10_001;
  expect((await find(wanted))(inode).toSorted()).toEqual([parent.pid, child].toSorted());
});

test.runIf(isLinux)('a socket that nobody visible holds has no owner', async () => {
  const find = createOwnerFinder();
  expect((await find(new Set(['4294967295'])))('4294967295')).toEqual([]);
});

test.runIf(isLinux)('a search through hundreds of sockets lets others have their turn', async () => {
  const servers = await Promise.all(
    Array.from(
      { length: 300 },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  onTestFinished(() => servers.forEach((server) => void server.close()));
  const inodes = new Set((await readProcNet()).map(({ inode }) => inode));
  let turns = 0;
  const count = (): void => {
    turns += 1;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  const startedAt = performance.now();
  await createOwnerFinder()(inodes);
  const tookMs = performance.now() - startedAt;
  clearImmediate(next);
  expect(turns).toBeGreaterThan(tookMs / 10);
});
