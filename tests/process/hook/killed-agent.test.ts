import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { BIN, startProgram, styxyHome, type Running } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';

const HOOK = fileURLToPath(new URL('../../../dist/hook.cjs', import.meta.url));
const AGENT = fileURLToPath(new URL('../../support/programs/fake-agent.mjs', import.meta.url));
const home = styxyHome();

const leasesOf = async (instance: string): Promise<Allocation[]> =>
  (await home.api.list()).allocations.filter(({ instance_id: id }) => id === instance);

/** An agent, when its two servers listen. */
async function startAgent(
  session: string,
): Promise<{ agent: Running; instance: string; servers: Allocation[] }> {
  const folder = join(home.place, session);
  mkdirSync(folder, { recursive: true });
  const agent = startProgram([process.execPath, AGENT, HOOK, BIN, session], {
    cwd: folder,
    env: home.env,
  });
  const instance = `claude-${session.slice(0, 8)}`;
  const servers = await waitFor(
    async () => {
      const leases = agent.stdout().includes('started') ? await leasesOf(instance) : [];
      return leases.length === 2 && leases.every(({ state }) => state === 'bound') ? leases : undefined;
    },
    20_000,
    () => `two servers of ${instance}: ${agent.stderr()}`,
  );
  return { agent, instance, servers };
}

const pidsOf = (servers: readonly Allocation[]): number[] =>
  servers.flatMap(({ holder, process_id: pid, listeners }) => [
    ...[holder.pid, pid].filter((each) => typeof each === 'number'),
    ...listeners.flatMap((listener) => listener.pid ?? []),
  ]);

const ENDS: readonly [how: string, end: (agent: Running) => unknown][] = [
  ['that a person ends', (agent) => agent.process.kill('SIGINT')],
  ['that is asked to end', (agent) => agent.process.kill('SIGTERM')],
  ['that is killed', (agent) => agent.process.kill('SIGKILL')],
];

test.each(ENDS)('of an agent %s no server is left, and that of another one runs on', async (how, end) => {
  const number = ENDS.findIndex(([each]) => each === how);
  const other = await startAgent(`${number}0000000-other`);
  const { agent, instance, servers } = await startAgent(`${number}1111111-own`);
  const pids = pidsOf(servers);
  expect(pids.length).toBeGreaterThanOrEqual(6);
  end(agent);
  await agent.finished();
  await waitFor(
    async () => !pids.some(isAlive) && (await leasesOf(instance)).length === 0,
    15_000,
    'its servers to end',
  );
  expect(await leasesOf(other.instance)).toHaveLength(2);
  const { instances } = await home.json<{ instances: { instance_id: string }[] }>(['instances', 'list']);
  expect(instances.map(({ instance_id: id }) => id)).not.toContain(instance);
  other.agent.process.kill('SIGKILL');
  await waitFor(() => !pidsOf(other.servers).some(isAlive), 15_000, 'the servers of the other one to end');
});

test('what a killed agent started while no daemon ran ends when there is one again', async () => {
  const { agent, servers } = await startAgent('77777777-restart');
  await home.killDaemon();
  agent.process.kill('SIGKILL');
  await agent.finished();
  await home.cli(['daemon', 'start']);
  await waitFor(() => !pidsOf(servers).some(isAlive), 15_000, 'its servers to end');
});

test('the servers of a killed agent that the user keeps go on', async () => {
  const file = join(home.path, 'config.json');
  const config = readFileSync(file, 'utf8');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(config) as object), on_session_death: 'keep' }));
  const settings = async (): Promise<string> => JSON.stringify(await home.json(['config', 'show']));
  await waitFor(async () => (await settings()).includes('"keep"'), 10_000, 'the edit to be in force');
  const { agent, instance, servers } = await startAgent('88888888-kept');
  agent.process.kill('SIGKILL');
  await agent.finished();
  const known = async () => home.json<{ instances: { instance_id: string }[] }>(['instances', 'list']);
  await waitFor(
    async () => !(await known()).instances.some(({ instance_id: id }) => id === instance),
    15_000,
    'the session to be seen gone',
  );
  expect(await leasesOf(instance)).toMatchObject([{ state: 'bound' }, { state: 'bound' }]);
  expect(pidsOf(servers).every(isAlive)).toBe(true);
});
