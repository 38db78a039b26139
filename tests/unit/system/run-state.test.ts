import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { parseRunState, runStateOf } from '../../../src/system/process/run-state.ts';
import { waitFor } from '../../support/processes.ts';

test.each([
  ['State:\tS (sleeping)\nTracerPid:\t0\n', 'running'],
  ['State:\tT (stopped)\nTracerPid:\t0\n', 'stopped'],
  ['State:\tt (tracing stop)\nTracerPid:\t12\n', 'traced'],
  ['State:\tS (sleeping)\nTracerPid:\t12\n', 'traced'],
  ['State:\tZ (zombie)\n', undefined],
  ['', undefined],
])('%j is %s', (text, state) => {
  expect(parseRunState(text)).toBe(state);
});

test.skipIf(process.platform !== 'linux')(
  'a process that is stopped is seen so, until it goes on',
  async () => {
    const child = spawn('sleep', ['30'], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const pid = child.pid ?? -1;
    expect(runStateOf(pid)).toBe('running');
    child.kill('SIGSTOP');
    await waitFor(() => runStateOf(pid) === 'stopped', 5000, 'the process to stop');
    child.kill('SIGCONT');
    await waitFor(() => runStateOf(pid) === 'running', 5000, 'the process to go on');
    expect(runStateOf(2 ** 30)).toBeUndefined();
  },
);
