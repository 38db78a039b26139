import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { styxyHome } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';

const HOOK = fileURLToPath(new URL('../../../dist/hook.cjs', import.meta.url));
const home = styxyHome();

/** What a session of Claude Code says to its hook as it begins or ends, and what it hears. */
function tell(
  event: string,
  session: string,
  more: Record<string, unknown> = {},
  env: Record<string, string> = {},
) {
  const input = JSON.stringify({ hook_event_name: event, session_id: session, cwd: home.place, ...more });
  const { stdout, status } = spawnSync(process.execPath, [HOOK, 'claude-code'], {
    input,
    env: { ...home.env, ...env },
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return stdout;
}

const leaseOf = async (name: string): Promise<Allocation | undefined> =>
  (await home.api.list()).allocations.find((each) => each.service_name === name);

async function startServer(name: string, session: string): Promise<Allocation> {
  const server = `require('http').createServer().listen(process.env.PORT)`;
  home.start(['run', '--name', name, '--', process.execPath, '-e', server], {
    env: { CLAUDE_CODE_SESSION_ID: session },
  });
  return waitFor(
    async () => {
      const lease = await leaseOf(name);
      return lease?.state === 'bound' ? lease : undefined;
    },
    10_000,
    `${name} to listen`,
  );
}

const gone = ({ process_id: pid, service_name: name }: Allocation) =>
  waitFor(
    async () => !isAlive(pid ?? -1) && (await leaseOf(name ?? '')) === undefined,
    10_000,
    `${name} to end`,
  );

test('a session that begins is an instance, gives its commands its name, and starts the daemon', async () => {
  const envFile = join(home.place, 'session.env');
  writeFileSync(envFile, '');
  expect(tell('SessionStart', 'aaaaaaaa-1', {}, { CLAUDE_ENV_FILE: envFile })).toContain('no server yet');
  expect(readFileSync(envFile, 'utf8')).toBe('export STYXY_INSTANCE=claude-aaaaaaaa\n');
  await waitFor(() => home.daemons().length === 1, 10_000, 'a daemon to start');
  await waitFor(
    async () => (await home.cli(['daemon', 'status'])).code === 0,
    10_000,
    'the daemon to answer',
  );
  // Whoever started the daemon has registered the session, with the process that has started the hook: this one.
  await waitFor(
    async () =>
      (await home.json<{ instances: { process_id: number }[] }>(['instances', 'list'])).instances[0]
        ?.process_id === process.pid,
    10_000,
    'the session to be registered',
  );

  const agent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  tell('SessionStart', 'aaaaaaaa-1', {}, { CLAUDE_PID: String(agent.pid) });
  const { instances } = await home.json<{ instances: unknown[] }>(['instances', 'list']);
  expect(instances).toMatchObject([{ instance_id: 'claude-aaaaaaaa', process_id: agent.pid }]);
  agent.kill();
  await once(agent, 'exit');
});

test('is told what runs in its worktree, and its servers end with it, and only its own', async () => {
  const own = await startServer('own', 'bbbbbbbb-1');
  const other = await startServer('other', 'cccccccc-1');
  const told = tell('SessionStart', 'bbbbbbbb-1');
  expect(told).toContain(`own at ${own.url} (this session)`);
  expect(told).toContain(`other at ${other.url} (claude-cccccccc)`);

  tell('SessionEnd', 'bbbbbbbb-1', { reason: 'clear' });
  expect(isAlive(own.process_id ?? -1)).toBe(true);
  tell('SessionEnd', 'bbbbbbbb-1', { reason: 'prompt_input_exit' });
  await gone(own);
  expect(await leaseOf('other')).toMatchObject({ state: 'bound' });

  tell('WorktreeRemove', 'cccccccc-1', { worktree_path: join(home.place, 'elsewhere') });
  expect(await leaseOf('other')).toMatchObject({ state: 'bound' });
  tell('WorktreeRemove', 'cccccccc-1', { worktree_path: home.place });
  await gone(other);
});

test('servers that the user keeps go on', async () => {
  const file = join(home.path, 'config.json');
  const config = readFileSync(file, 'utf8');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(config) as object), on_session_death: 'keep' }));
  const settings = async (): Promise<string> => JSON.stringify(await home.json(['config', 'show']));
  await waitFor(async () => (await settings()).includes('"keep"'), 10_000, 'the edit to be in force');
  const kept = await startServer('kept', 'dddddddd-1');
  tell('SessionEnd', 'dddddddd-1', { reason: 'other' });
  expect(await leaseOf('kept')).toMatchObject({ state: 'bound', process_id: kept.process_id });
});
