import { chownSync, existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findMount } from '../../../src/system/process/control-group.ts';
import { startProgram, styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';
import { becomeNobody, NOBODY, whyNoOtherUser, type OtherUser } from '../../support/other-user.ts';

const mounted = process.platform === 'linux' && findMount(readFileSync('/proc/self/mountinfo', 'utf8'));
const root = mounted ? mounted.at : '';
const TEST = join(root, `styxy-test-${process.pid}`);
const JOB = join(TEST, 'job');

/** Why there are no groups to be in, if there are none. */
function whyNoGroups(): string | undefined {
  if (!mounted) return 'no control groups of version 2 are mounted';
  try {
    mkdirSync(JOB, { recursive: true });
    return undefined;
  } catch (error) {
    return `no control group can be made: ${String(error)}`;
  }
}
const why = whyNoGroups() ?? whyNoOtherUser();

function isRemoved(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch {
    return !existsSync(group);
  }
}

/** The path of a process's group. */
const groupOf = (pid: number | undefined): string | undefined =>
  /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1];
/** To be put before a command: it starts as a job of its own, as a service manager or a sandbox starts one. */
const IN_JOB = ['sh', '-c', `echo $$ > ${JOB}/cgroup.procs && exec "$@"`, 'sh'];
const JOB_PATH = `/styxy-test-${process.pid}/job`;

describe.skipIf(why !== undefined)('the control group of the command that started the daemon', () => {
  const home = styxyHome();
  let other: OtherUser;
  const env = () => ({
    ...home.env,
    HOME: other.folder,
    STYXY_HOME: join(other.folder, 'styxy'),
  });
  const asOther = (...args: string[]) =>
    startProgram([process.execPath, other.bin, ...args], {
      cwd: other.folder,
      env: env(),
      via: [...IN_JOB, ...other.via],
    }).finished();
  const pidOfOther = (): number =>
    (JSON.parse(readFileSync(join(other.folder, 'styxy', 'daemon.pid'), 'utf8')) as { pid: number }).pid;

  beforeAll(() => void (other = becomeNobody()));
  afterAll(async () => {
    await home.cli(['daemon', 'stop']);
    other.remove();
    const groups = [JOB, join(TEST, 'styxy-daemon'), TEST];
    // A group is busy until the last process in it has gone.
    await waitFor(() => groups.every(isRemoved), 10_000, 'the groups to be empty');
  });

  test('is left by the daemon, and not by the command', async () => {
    const run = await home.cli(['run', '--', 'cat', '/proc/self/cgroup'], { via: IN_JOB });
    expect(run.stdout, run.story).toContain(`0::${JOB_PATH}\n`);
    await expect.poll(() => groupOf(home.daemon()?.pid)).not.toContain(JOB_PATH);
    const doctor = await home.cli(['doctor']);
    expect(doctor.stdout).toMatch(/control group +\//);
  });

  test('is left as far up as its user may go', async () => {
    for (const path of [TEST, join(TEST, 'cgroup.procs')]) chownSync(path, NOBODY, NOBODY);
    expect((await asOther('list')).code).toBe(0);
    await expect.poll(() => groupOf(pidOfOther())).toBe(`/styxy-test-${process.pid}/styxy-daemon`);
    await asOther('daemon', 'stop');
  });

  test('stays where its user may not go anywhere: the daemon works all the same', async () => {
    for (const path of [TEST, join(TEST, 'cgroup.procs')]) chownSync(path, 0, 0);
    expect((await asOther('list')).code).toBe(0);
    expect(groupOf(pidOfOther())).toBe(JOB_PATH);
    await asOther('daemon', 'stop');
  });
});

test.runIf(why !== undefined)('control groups are not looked at', ({ skip }) => skip(why));
