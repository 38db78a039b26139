import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';

const HOOK = fileURLToPath(new URL('../../../dist/hook.cjs', import.meta.url));
const home = styxyHome();

/** What the session that asks is answered, by the field that matters. */
function ask(command: string, sessionId: string): { denied?: string; rewritten?: string } {
  const input = JSON.stringify({
    session_id: sessionId,
    cwd: home.place,
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_input: { command },
  });
  const { stdout, status } = spawnSync(process.execPath, [HOOK, 'claude-code'], {
    input,
    env: home.env,
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  const answer =
    stdout === '' ? {} : (JSON.parse(stdout) as { hookSpecificOutput?: Record<string, unknown> });
  const said = answer.hookSpecificOutput ?? {};
  return {
    ...(said.permissionDecision === 'deny' && { denied: String(said.permissionDecisionReason) }),
    ...(said.updatedInput !== undefined && {
      rewritten: (said.updatedInput as { command: string }).command,
    }),
  };
}

/** A server that a session has started, when it listens. */
async function startServer(name: string, env: Record<string, string>): Promise<Allocation> {
  const server = `require('http').createServer().listen(process.env.PORT)`;
  home.start(['run', '--name', name, '--', process.execPath, '-e', server, `marker-of-${name}`], { env });
  return waitFor(
    async () =>
      (await home.api.list()).allocations.find(
        (each) => each.service_name === name && each.state === 'bound',
      ),
    10_000,
    `${name} to listen`,
  );
}

test("a session can end its own servers, and nobody else's", async () => {
  expect(ask('kill $(lsof -ti:3000)', '11111111-own')).toEqual({});
  await home.cli(['daemon', 'start']);
  const own = await startServer('mine', { CLAUDE_CODE_SESSION_ID: '11111111-own' });
  const other = await startServer('theirs', { CLAUDE_CODE_SESSION_ID: '22222222-other' });
  const persons = await startServer('a-persons', {});
  expect(own.instance_id).toBe('claude-11111111');
  writeFileSync(
    join(home.place, 'package.json'),
    JSON.stringify({ scripts: { restart: `kill-port ${other.port} && vite`, dev: 'npm run restart' } }),
  );

  for (const command of [
    `kill $(lsof -ti:${own.port})`,
    `kill ${own.process_id}`,
    `npx kill-port ${own.port}`,
    'pkill -f marker-of-mine',
    `kill -0 ${other.process_id}`,
    `lsof -i :${other.port}`,
  ]) {
    expect(ask(command, '11111111-own').denied, command).toBeUndefined();
  }
  for (const command of [
    `kill $(lsof -ti:${other.port})`,
    `kill -9 ${other.process_id}`,
    `fuser -k ${persons.port}/tcp`,
    'pkill -f marker-of-theirs',
    'killall node',
    `bash -c 'kill ${persons.process_id}'`,
    'npm run dev',
    'styxy stop a-persons',
  ]) {
    expect(ask(command, '11111111-own').denied, command).toMatch(
      /leased by (session claude-22222222|a person's shell)/,
    );
  }
  expect(ask(`kill ${other.process_id}`, '22222222-other')).toEqual({});
  expect(ask('npm run restart', '22222222-other').rewritten).toMatch(/styxy run -- npm run restart$/);
});
