import { expect, onTestFinished, test } from 'vitest';
import { identify, isAlive, type ProcessIdentity } from '../../../src/system/process/identity.ts';
import { endProcesses } from '../../../src/system/process/kill-tree.ts';
import { signalTree } from '../../../src/system/process/signal.ts';
import { snapshotTree } from '../../../src/system/process/tree.ts';
import { bundleTs } from '../../support/run-ts.ts';
import { ended, eventually, start, startNode, type Program } from './programs.ts';

const isLinux = process.platform === 'linux';
/** Long enough that a test which waits for it to pass fails. */
const FOREVER = 1_000_000;
const WAIT = 'setInterval(() => {}, 1e6); console.log("up");';
const IGNORE_TERM = `process.on('SIGTERM', () => console.log('no')); ${WAIT}`;

async function up(script: string): Promise<{ program: Program; identity: ProcessIdentity }> {
  const program = startNode(script);
  await program.line();
  const identity = identify(program.pid);
  if (identity === undefined) throw new Error('the program has ended already');
  return { program, identity };
}

test('a process that obeys is not killed', async () => {
  const { program, identity } = await up(`process.on('SIGTERM', () => process.exit(7)); ${WAIT}`);
  const report = await endProcesses([identity], { graceMs: FOREVER });
  expect(report).toEqual({ killed: [program.pid], survived: [] });
  expect(await ended(program)).toEqual([7, null]);
});

test('a process that was asked by other means is given its time, then asked, and only then killed', async () => {
  const isAsked = () => true;
  const busy = await up(`setTimeout(() => process.exit(5), 100); ${WAIT}`);
  await endProcesses([busy.identity], { graceMs: FOREVER, isAsked });
  expect(await ended(busy.program)).toEqual([5, null]);
  const deaf = await up(`process.on('SIGTERM', () => process.exit(7)); ${WAIT}`);
  await endProcesses([deaf.identity], { graceMs: 50, isAsked });
  expect(await ended(deaf.program)).toEqual([7, null]);
  const stubborn = await up(IGNORE_TERM);
  await endProcesses([stubborn.identity], { graceMs: 50, isAsked });
  expect(await stubborn.program.line()).toBe('no');
  expect(await ended(stubborn.program)).toEqual([null, 'SIGKILL']);
});

test.runIf(isLinux)(
  'what a shell that was asked by other means waits for is asked while there is time left for it',
  async () => {
    const slow = `process.on('SIGTERM', () => setTimeout(() => process.exit(console.log('ended')), 1500)); ${WAIT}`;
    const shell = start('sh', ['-c', `trap : INT; "$0" -e "$1"; true`, process.execPath, slow]);
    await shell.line();
    const isAsked = ({ pid }: ProcessIdentity): boolean => pid === shell.pid;
    shell.child.kill('SIGINT');
    await endProcesses(snapshotTree(shell.pid), { graceMs: 6000, isAsked });
    expect(await shell.line()).toBe('ended');
  },
);

test('a process that ignores the signal is killed after its time', async () => {
  const { program, identity } = await up(IGNORE_TERM);
  const report = await endProcesses([identity], { graceMs: 50 });
  expect(report).toEqual({ killed: [program.pid], survived: [] });
  expect(await program.line()).toBe('no');
  expect(await ended(program)).toEqual([null, 'SIGKILL']);
});

test('a pid that belongs to another process by now is left alone', async () => {
  const { program, identity } = await up(WAIT);
  const earlier = { pid: program.pid, startTime: `${identity.startTime}0` };
  expect(await endProcesses([earlier], { graceMs: 0 })).toEqual({ killed: [], survived: [] });
  expect(isAlive(identity)).toBe(true);
});

test('a process that has ended is nobody', async () => {
  const { program, identity } = await up(WAIT);
  program.child.kill('SIGKILL');
  await ended(program);
  expect(await endProcesses([identity], { graceMs: FOREVER })).toEqual({ killed: [], survived: [] });
});

test('this process and process 1 are refused', async () => {
  const targets = [1, process.pid].map(identify).filter((identity) => identity !== undefined);
  const report = await endProcesses(targets, { graceMs: FOREVER });
  expect(report).toEqual({ killed: [], survived: targets.map(({ pid }) => pid) });
});

test.runIf(isLinux)('a stopped process is woken, and ends in its own way', async () => {
  const { program, identity } = await up(`process.on('SIGTERM', () => process.exit(7)); ${WAIT}`);
  program.child.kill('SIGSTOP');
  await endProcesses([identity], { graceMs: FOREVER });
  expect(await ended(program)).toEqual([7, null]);
});

test('a whole tree is ended, though its root goes first', async () => {
  const root = startNode(`
    require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(IGNORE_TERM)}], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    setInterval(() => {}, 1e6);
  `);
  await root.line();
  const tree = snapshotTree(root.pid);
  expect(tree).toHaveLength(2);
  const report = await endProcesses(tree, { graceMs: 100 });
  expect(report).toEqual({ killed: tree.map(({ pid }) => pid), survived: [] });
  expect(tree.filter(isAlive)).toEqual([]);
});

test.runIf(isLinux)(
  'children that are started while their parent is asked to end are asked when its time is over, then killed with it',
  async () => {
    const { program, identity } = await up(`
    process.on('SIGTERM', () => {
      const child = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(IGNORE_TERM)}], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      console.log(child.pid);
    });
    ${WAIT}
  `);
    const report = await endProcesses([identity], { graceMs: 1000 });
    const child = Number(await program.line());
    expect([await program.line(), await program.line()]).toEqual(['up', 'no']);
    expect(report.killed).toContain(program.pid);
    expect(report.killed).toContain(child);
    expect(report.survived).toEqual([]);
    expect(identify(child)).toBeUndefined();
  },
);

test.runIf(isLinux)(
  'a program that starts another one whenever it is asked to end does not go on for ever',
  async () => {
    const again = `
    echo $$
    trap 'sh -c "$AGAIN" & sleep 0.2; exit' TERM
    while :; do sleep 0.05; done
  `;
    const root = start('sh', ['-c', again], { env: { ...process.env, AGAIN: again } });
    let said = '';
    root.child.stdout!.on('data', (text) => (said += text));
    await root.line();
    await endProcesses([identify(root.pid)!], { graceMs: 500 });
    const pids = said.trim().split('\n').map(Number);
    expect(pids.length, 'it has started others').toBeGreaterThan(1);
    await eventually(() => pids.every((pid) => identify(pid) === undefined));
  },
);

test.runIf(isLinux)('the one who ends an ancestor of his is spared, with his own children', async () => {
  await using program = await bundleTs(`
    import { spawn } from 'node:child_process';
    import { identify } from './src/system/process/identity.ts';
    import { endProcesses } from './src/system/process/kill-tree.ts';
    const own = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    const report = await endProcesses([identify(process.ppid)], { graceMs: 0 });
    console.log(JSON.stringify({ self: process.pid, own: own.pid, spared: identify(own.pid) !== undefined, report }));
    own.kill();
  `);
  const parent = start('sh', ['-c', '"$0" "$1"; echo not reached', process.execPath, program.path]);
  const said = JSON.parse(await parent.line());
  expect(said).toMatchObject({ spared: true, report: { killed: [parent.pid], survived: [] } });
  await eventually(() => identify(said.self) === undefined);
});

test.runIf(process.platform !== 'win32')('tree-kill ends a tree where /proc cannot be walked', async () => {
  const root = start('sh', ['-c', 'cat & echo $!; wait']);
  const child = Number(await root.line());
  await signalTree(root.pid, 'SIGKILL');
  await eventually(() => identify(child) === undefined && identify(root.pid) === undefined);
});

test.runIf(process.platform !== 'win32')(
  'without ps, tree-kill is not asked, and the process still ends',
  async () => {
    const { program } = await up(WAIT);
    const path = process.env['PATH'];
    onTestFinished(() => void (process.env['PATH'] = path));
    process.env['PATH'] = '/nowhere';
    await signalTree(program.pid, 'SIGTERM');
    expect(await ended(program)).toEqual([null, 'SIGTERM']);
  },
);
