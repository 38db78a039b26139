import { spawn } from 'node:child_process';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import type { AllocateAnswer } from '../../../src/protocol/answers/lease.ts';
import type { InstanceListAnswer } from '../../../src/protocol/answers/instance.ts';
import { styxyHome, type Running } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

describe('an agent session', () => {
  const home = styxyHome();
  const leases = async () => (await home.api.list()).allocations;
  const instances = async () => (await home.json<InstanceListAnswer>(['instances', 'list'])).instances;

  afterEach(async () => {
    for (const { instance_id } of await instances()) await home.cli(['instances', 'remove', instance_id]);
  });

  /** A process that runs one styxy command as an agent would, and goes on living after it. */
  function session(id: string, args: readonly string[]): Running {
    const agent = home.start(args, {
      env: { CLAUDE_CODE_SESSION_ID: id },
      via: ['sh', '-c', 'CLAUDE_PID=$$ "$@"; echo; exec sleep 100', 'sh'],
    });
    onTestFinished(() => void agent.process.kill('SIGKILL'));
    return agent;
  }

  async function answerOf<Answer>(agent: Running): Promise<Answer> {
    await waitFor(
      () => agent.stdout().includes('\n\n'),
      30_000,
      () => `an answer; ${agent.stderr()}`,
    );
    return JSON.parse(agent.stdout()) as Answer;
  }

  test('is an instance of its own by its first lease, and its leases end with it', async () => {
    const ask = ['allocate', '--type', 'dev', '--json'];
    const agents = [
      session('11112222-aaaa-4bbb-8ccc-000000000000', ask),
      session('33334444-aaaa-4bbb-8ccc-000000000000', ask),
    ] as const;
    const [one, two] = [await answerOf<AllocateAnswer>(agents[0]), await answerOf<AllocateAnswer>(agents[1])];
    expect([one, two]).toMatchObject([
      { instance_id: 'claude-11112222', holder: { kind: 'instance' } },
      { instance_id: 'claude-33334444', holder: { kind: 'instance' } },
    ]);
    expect((await instances()).toSorted((a, b) => a.instance_id.localeCompare(b.instance_id))).toMatchObject([
      {
        instance_id: 'claude-11112222',
        process_id: agents[0].pid,
        active_allocations: [{ port: one.port, lock_id: one.lock_id }],
      },
      { instance_id: 'claude-33334444', process_id: agents[1].pid },
    ]);
    agents[0].process.kill('SIGKILL');
    await waitFor(async () => (await leases()).length === 1, 10_000, 'the lease to end with its session');
    expect(await leases()).toMatchObject([{ lock_id: two.lock_id }]);
    expect((await instances()).map(({ instance_id }) => instance_id)).toEqual(['claude-33334444']);
  });

  test('is named on what it runs, and told to it', async () => {
    const agent = session('55556666-aaaa-4bbb-8ccc-000000000000', [
      'run',
      '--',
      'sh',
      '-c',
      'echo "\\"$STYXY_INSTANCE\\""',
    ]);
    expect(await answerOf<string>(agent)).toBe('claude-55556666');
    expect(await instances()).toMatchObject([{ instance_id: 'claude-55556666', process_id: agent.pid }]);
  });

  test('that only stands in the environment gives its name, and holds nothing', async () => {
    const unrelated = spawn('sleep', ['100'], { stdio: 'ignore' });
    onTestFinished(() => void unrelated.kill('SIGKILL'));
    const env = { CLAUDE_CODE_SESSION_ID: '77778888-x', CLAUDE_PID: String(unrelated.pid) };
    const answer = await home.json<AllocateAnswer>(['allocate', '--type', 'dev'], { env });
    expect(answer).toMatchObject({ instance_id: 'claude-77778888', holder: { kind: 'ttl' } });
    expect(await instances()).toEqual([]);
    await home.api.release(answer.lock_id);
  });

  test('gives way to the instance that is named', async () => {
    const env = { CLAUDE_CODE_SESSION_ID: '99990000-x', CLAUDE_PID: String(process.pid) };
    const byVariable = await home.json<AllocateAnswer>(['allocate', '--type', 'dev'], {
      env: { ...env, STYXY_INSTANCE: 'review' },
    });
    const byFlag = await home.json<AllocateAnswer>(['allocate', '--type', 'dev', '--instance', 'tests'], {
      env: { ...env, STYXY_INSTANCE: 'review' },
    });
    expect([byVariable.instance_id, byFlag.instance_id]).toEqual(['review', 'tests']);
    for (const { lock_id } of [byVariable, byFlag]) await home.api.release(lock_id);
  });
});

describe('an instance', () => {
  const home = styxyHome();

  test('on a fresh home can be the first thing that is ever registered, and is there after a restart', async () => {
    const made = await home.json<{ instance_id: string; working_directory: string }>([
      'instances',
      'register',
      'review',
      '--pid',
      String(process.pid),
    ]);
    expect(made).toMatchObject({ instance_id: 'review', working_directory: home.place });
    const lease = await home.json<AllocateAnswer>(['allocate', '--type', 'dev', '--instance', 'review']);
    const before = await home.json<InstanceListAnswer>(['instances', 'list']);
    expect(before.instances).toHaveLength(1);
    await home.killDaemon();
    await home.cli(['daemon', 'start']);
    expect(await home.json(['instances', 'list'])).toEqual(before);
    expect((await home.api.status()).instances).toBe(1);
    await home.json(['instances', 'remove', 'review']);
    await waitFor(async () => (await home.api.list()).allocations.length === 0, 5000, 'its lease to end');
    expect((await home.cli(['release', lease.lock_id])).code).toBe(1);
  });

  test('speaks plainly on the terminal', async () => {
    const env = { STYXY_INSTANCE: 'night' };
    const registered = await home.cli(['instances', 'register'], { env });
    expect(registered).toMatchObject({ code: 0, stdout: 'night\n' });
    expect(registered.stderr).toContain('styxy instances heartbeat night');
    expect(await home.cli(['instances', 'heartbeat'], { env })).toMatchObject({
      code: 0,
      stderr: 'heard of night\n',
    });
    expect((await home.cli(['instances', 'list'])).stdout).toMatch(
      /^INSTANCE +PORTS +PROCESS +LAST SEEN +DIRECTORY\nnight +- +- +\d+s ago +~\n$/,
    );
    expect((await home.cli(['status'])).stdout).toMatch(/^instances +1$/m);
    expect(await home.cli(['instances', 'remove'], { env })).toMatchObject({ code: 0 });
    const unknown = await home.cli(['instances', 'remove'], { env });
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('error[INSTANCE_NOT_FOUND]: there is no instance "night"');
    expect((await home.cli(['instances', 'heartbeat'])).code).toBe(64);
  });
});
