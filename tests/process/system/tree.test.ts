import { expect, onTestFinished, test } from 'vitest';
import { identify } from '../../../src/system/process/identity.ts';
import {
  ancestorsOf,
  findMarked,
  isDescendant,
  parentOf,
  snapshotTree,
  snapshotTreeOf,
} from '../../../src/system/process/tree.ts';
import { eventually, start, startNode } from './programs.ts';

const isLinux = process.platform === 'linux';
const WAIT = 'setInterval(() => {}, 1e6)';

const FAMILY = `
  const { spawn } = require('child_process');
  const child = spawn(process.execPath, ['-e', ${JSON.stringify(`
    const { spawn } = require('child_process');
    const grandchild = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    console.log(process.pid, grandchild.pid);
  `)}], { stdio: ['ignore', 'inherit', 'ignore'] });
  ${WAIT}
`;

async function family() {
  const root = startNode(FAMILY);
  const [child = 0, grandchild = 0] = (await root.line()).split(' ').map(Number);
  return { root: root.pid, child, grandchild };
}

test('a tree has the root, the child and the grandchild, in this order', async () => {
  const { root, child, grandchild } = await family();
  const tree = snapshotTree(root);
  expect(tree.map(({ pid }) => pid)).toEqual([root, child, grandchild]);
  expect(tree).toEqual(tree.map(({ pid }) => identify(pid)));
});

test('nothing is of the tree of a process whose pid belongs to another one by now', async () => {
  const { root } = await family();
  const identity = identify(root)!;
  expect(snapshotTreeOf(identity)).toEqual(snapshotTree(root));
  expect(snapshotTreeOf({ ...identity, startTime: '1' })).toEqual([]);
});

test('who is left out is left out with its children', async () => {
  const { root, child } = await family();
  expect(snapshotTree(root, child).map(({ pid }) => pid)).toEqual([root]);
});

test.runIf(isLinux)('children that another thread started belong to the tree', async () => {
  const root = startNode(`
    new (require('worker_threads').Worker)(\`
      const { spawn } = require('child_process');
      console.log(spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] }).pid);
      ${WAIT}
    \`, { eval: true });
  `);
  const child = Number(await root.line());
  expect(snapshotTree(root.pid).map(({ pid }) => pid)).toContain(child);
});

test('a process that ended has no tree and no parent', async () => {
  const { root } = await family();
  process.kill(root, 'SIGKILL');
  await eventually(() => identify(root) === undefined);
  expect(snapshotTree(root)).toEqual([]);
  expect(parentOf(root)).toBeUndefined();
});

test('descent is known upwards, and nobody descends from itself', async () => {
  const { root, child, grandchild } = await family();
  expect(parentOf(grandchild)).toBe(child);
  expect(parentOf(root)).toBe(process.pid);
  expect(isDescendant(grandchild, root)).toBe(true);
  expect(isDescendant(grandchild, process.pid)).toBe(true);
  expect(isDescendant(root, root)).toBe(false);
  expect(isDescendant(root, grandchild)).toBe(false);
  expect(ancestorsOf(grandchild).slice(0, 3)).toEqual([child, root, process.pid]);
  expect(ancestorsOf(2 ** 30)).toEqual([]);
});

test.runIf(isLinux)('a server that left tree and session is found by its marker', async () => {
  const marker = `left-${process.pid}`;
  const script = `setsid sh -c '"$0" -e "$1" & echo $!' "$0" "$1"`;
  const root = start('sh', ['-c', script, process.execPath, WAIT], {
    env: { ...process.env, STYXY_TEST_MARKER: marker },
  });
  const pid = Number(await root.line());
  onTestFinished(() => void process.kill(pid, 'SIGKILL'));
  await eventually(() => parentOf(pid) !== undefined && !isDescendant(pid, process.pid));

  const found = await eventually(async () => {
    const marked = await findMarked('STYXY_TEST_MARKER', [marker]);
    return marked.length === 1 && marked;
  });
  expect(found).toEqual([identify(pid)]);
  expect(snapshotTree(process.pid).map((each) => each.pid)).not.toContain(pid);
  expect(await findMarked('STYXY_TEST_MARKER', [marker.slice(0, -1)])).toEqual([]);
});
