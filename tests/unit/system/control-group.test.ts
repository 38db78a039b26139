import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkControlGroup } from '../../../src/cli/doctor/system.ts';
import { findMount, limitsOfJob } from '../../../src/system/process/control-group.ts';
import { tempDir } from '../../support/temp.ts';

test('the unified hierarchy is found among the mounts, wherever it is', () => {
  const other = '26 23 0:22 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory';
  const line = String.raw`31 23 0:27 /a\040b /sys/fs/my\040groups rw,nosuid shared:9 - cgroup2 cgroup2 rw`;
  expect(findMount(`${other}\n${line}\n`)).toEqual({ root: '/a b', at: '/sys/fs/my groups' });
  expect(findMount(other)).toBeUndefined();
});

test('the limits of a job are told, those of all sessions of a user are not', () => {
  const { path: root, remove } = tempDir();
  onTestFinished(remove);
  const path = '/user.slice/user@7.service/app.slice/agent.scope/inner';
  const folder = join(root, path);
  mkdirSync(folder, { recursive: true });
  const write = (group: string, name: string, value: string) =>
    writeFileSync(join(folder, group, name), value);
  write('.', 'memory.max', 'max\n');
  write('..', 'pids.max', '100\n');
  write('..', 'cpu.max', 'max 100000\n');
  write('../..', 'pids.max', '5000\n');
  const limits = limitsOfJob({ path, folder, root });
  expect(limits).toEqual(['pids.max 100']);
  expect(checkControlGroup({ path, limits })).toMatchObject({
    ok: true,
    detail: expect.stringContaining('pids.max 100'),
    fix: expect.stringContaining('styxy service install'),
  });
  expect(checkControlGroup({ path, limits: [] })).toEqual({ name: 'control group', ok: true, detail: path });
});
