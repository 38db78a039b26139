import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { styxyHome } from '../../support/home.ts';
import { startOutsider } from '../../support/outsider.ts';
import { waitFor } from '../../support/processes.ts';

const HOOK = fileURLToPath(new URL('../../../dist/hook.cjs', import.meta.url));
const home = styxyHome();

/** What the agent is told about a command that it is about to run. */
function contextOf(command: string): string {
  const input = JSON.stringify({
    session_id: '11111111-own',
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
  const { hookSpecificOutput } = JSON.parse(stdout) as { hookSpecificOutput: Record<string, string> };
  return hookSpecificOutput.additionalContext ?? '';
}

/** The same once the daemon answers within the time that the hook has: on a busy machine it may not at first. */
const contextInTime = (command: string): Promise<string> =>
  waitFor(
    async () => {
      const context = contextOf(command);
      return context.includes("don't guess it") ? undefined : context;
    },
    60_000,
    'an answer of the daemon in time',
  );

const toldPort = (context: string): number => Number(/will listen on port (\d+)/.exec(context)?.[1]);

test('the agent is told the port that its server then gets', async () => {
  writeFileSync(join(home.place, 'package.json'), JSON.stringify({ scripts: { dev: 'node server.js' } }));
  const server = `require('node:http').createServer().listen(process.env.PORT);`;
  writeFileSync(join(home.place, 'server.js'), server);
  expect(contextOf('npm run dev')).toMatch(/a port of its own.* url dev \(after .* wait dev\)/);
  await home.cli(['daemon', 'start']);
  const outsider = await startOutsider(home.ports.first, '127.0.0.1');
  const context = await contextInTime('npm run dev > log 2>&1 &');
  const port = toldPort(context);
  expect(context).toContain(`${home.ports.first} is used by`);
  expect(context).toContain(`http://localhost:${port}`);
  const run = home.start(['run', '--', 'npm', 'run', 'dev'], {
    env: { CLAUDE_CODE_SESSION_ID: '11111111-own' },
  });
  const lease = await waitFor(
    async () => (await home.api.list()).allocations.find((each: Allocation) => each.state === 'bound'),
    15_000,
    () => `the server: ${run.stderr()}`,
  );
  expect(lease).toMatchObject({ port, service_name: 'dev' });
  // A second one gets another port, and is told so.
  const next = toldPort(await contextInTime('npm run dev'));
  expect([next > 0, next === port]).toEqual([true, false]);
  await outsider.end();
});

test('the agent is told that its server would be refused, by whom, and what helps', async () => {
  const port = home.ports.last - 3;
  writeFileSync(join(home.place, 'fixed.js'), `require('node:http').createServer().listen(${port});`);
  expect(toldPort(await contextInTime('node fixed.js'))).toBe(port);
  const outsider = await startOutsider(port, '127.0.0.1');
  const context = await contextInTime('node fixed.js');
  expect(context).not.toContain('will listen');
  expect(context).toContain(`will refuse to start this: port ${port} is taken`);
  expect(context).toContain(`(pid ${outsider.pid}`);
  expect(context).toContain('let it read PORT');
  await outsider.end();
});
