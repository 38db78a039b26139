import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';
import { BIN, styxyHome } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';

const home = styxyHome();
const SERVER = `require('http').createServer().listen(process.env.PORT, () => console.log('it listens'))`;

/** What the tests read of the answers; which of it is there depends on the tool. */
type Answer = Allocation & { process_id: number; pid: number; log: string; allocations: Allocation[] };

interface Agent {
  client: Client;
  /** The answer of a tool that must succeed, checked by the client against the tool's schema. */
  call(tool: string, input?: object): Promise<Answer>;
  /** The text of a refusal. */
  refusal(tool: string, input?: object): Promise<string>;
}

/** An agent with an MCP server of its own, as its settings start it. */
async function connect(name: string, env: Record<string, string> = {}): Promise<Agent> {
  const client = new Client({ name, version: '1' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [BIN, 'mcp'],
      env: { ...home.env, ...env },
      cwd: home.place,
      stderr: 'ignore',
    }),
  );
  // The client then knows the schemas, and checks each answer.
  await client.listTools();
  const ask = (tool: string, input: object) =>
    client.callTool({ name: tool, arguments: { ...input } }, undefined, { timeout: 60_000 });
  const textOf = ({ content }: object & { content?: unknown }): string =>
    (content as [{ text: string }])[0].text;
  return {
    client,
    async call(tool, input = {}) {
      const answer = await ask(tool, input);
      if (answer.isError) throw new Error(textOf(answer));
      expect(JSON.parse(textOf(answer))).toEqual(answer.structuredContent);
      return answer.structuredContent as Answer;
    },
    async refusal(tool, input = {}) {
      const answer = await ask(tool, input);
      expect(answer.isError).toBe(true);
      return textOf(answer);
    },
  };
}

let agent: Agent;
let other: Agent;
const leases = async (): Promise<Allocation[]> => (await home.api.list()).allocations;
const leaseAt = async (port: number): Promise<Allocation | undefined> =>
  (await leases()).find((each) => each.port === port);

beforeAll(async () => {
  await home.cli(['daemon', 'start']);
  agent = await connect('One', { STYXY_INSTANCE: 'one' });
  other = await connect('Two', { STYXY_INSTANCE: 'two' });
});
afterAll(async () => {
  for (const { client } of [agent, other]) await client.close();
});

test('lists its tools with the types of what goes in and comes out', async () => {
  const { tools } = await agent.client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(
    'ensure list whose check allocate release wait logs stop'.split(' '),
  );
  for (const { inputSchema, outputSchema, description, annotations } of tools) {
    expect(description).toMatch(/\w+/);
    expect(inputSchema).toMatchObject({ type: 'object', properties: expect.any(Object) });
    expect(outputSchema).toMatchObject({ type: 'object', required: expect.any(Array) });
    expect(annotations).toMatchObject({ readOnlyHint: expect.any(Boolean) });
  }
  expect(agent.client.getInstructions()).toContain('ensure');
});

test('a service is started once, and all that is told of it is what the daemon knows', async () => {
  const command = [process.execPath, '-e', SERVER];
  const first = await agent.call('ensure', { command, name: 'web' });
  expect(first).toMatchObject({ existing: false, ready: true, service_name: 'web', instance_id: 'one' });
  expect(await leaseAt(first.port)).toMatchObject({
    lock_id: first.lock_id,
    state: 'bound',
    instance_id: 'one',
  });
  const again = await other.call('ensure', { command, name: 'web' });
  expect(again).toMatchObject({ existing: true, port: first.port, lock_id: first.lock_id });

  expect(await agent.call('list')).toEqual({ allocations: await leases(), external: [] });
  expect((await agent.call('list', { directory: '/' })).allocations).toEqual([]);
  expect((await agent.call('list', { directory: '/', all: true })).allocations).toEqual(await leases());
  const checked = await agent.call('check', { port: first.port });
  expect(checked).toEqual(JSON.parse((await home.cli(['check', String(first.port), '--json'])).stdout));
  expect(checked).toMatchObject({ available: false, allocation: { lock_id: first.lock_id } });
  expect(await agent.call('whose', { port: first.port })).toEqual(
    await home.json(['whose', String(first.port)]),
  );
  expect(await agent.call('wait', { service: 'web' })).toEqual({
    port: first.port,
    url: first.url,
    ready: true,
  });
  const logs = await agent.call('logs', { service: 'web', lines: 5 });
  const lines: unknown = expect.arrayContaining(['it listens']);
  expect(logs).toEqual({ service_name: 'web', log: first.log, lines });

  expect(await other.refusal('stop', { service: 'web' })).toMatch(
    /error\[FORBIDDEN\].*\nwhy: it belongs to session one.*\ntry: /s,
  );
  expect(isAlive(first.pid)).toBe(true);
  expect(await agent.call('stop', { service: 'web' })).toMatchObject({
    stopped: [{ lock_id: first.lock_id, state: 'released' }],
    left_running: [],
  });
  expect(isAlive(first.process_id)).toBe(false);
  expect(await leaseAt(first.port)).toBeUndefined();
});

test('a script of package.json is named, and what is not there is told', async () => {
  writeFileSync(
    join(home.place, 'package.json'),
    JSON.stringify({
      name: 'shop',
      scripts: { dev: `node -e "${SERVER}"`, broken: 'node -e "process.exit(3)"' },
    }),
  );
  const made = await agent.call('ensure');
  expect(made).toMatchObject({ ready: true, service_name: 'dev' });
  expect(await other.call('stop', { service: 'dev', confirm: true })).toMatchObject({
    stopped: [{ lock_id: made.lock_id }],
  });
  expect(await leases()).toEqual([]);
  expect(await agent.refusal('ensure', { service: 'broken' })).toMatch(/error\[SERVICE_ENDED\].*code 3/);
  expect(await agent.refusal('ensure', { service: 'nothing-of-this' })).toMatch(/COMMAND_NOT_FOUND/);
  expect(await agent.refusal('wait', { service: 'web', timeout: 1 })).toMatch(/TIMED_OUT/);
  expect(await agent.refusal('logs', { service: 'nobody' })).toMatch(/NOT_LOGGED/);
});

test('a service that does not run is said to be started by what starts it', async () => {
  const directory = join(home.place, 'idle');
  mkdirSync(directory);
  const services = { shop: { command: 'node server.js' } };
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'idle', styxy: { services } }));
  for (const [tool, input] of [
    ['stop', { service: 'shop' }],
    ['release', { lease: 'shop' }],
    ['wait', { service: 'shop', timeout: 1 }],
  ] as const)
    expect(await agent.refusal(tool, { ...input, directory })).toContain('styxy up shop starts it');
});

test('a port is leased in the name of the session and given back by it alone', async () => {
  const given = await agent.call('allocate', { service_name: 'probe', ttl: 60 });
  expect(given).toMatchObject({ instance_id: 'one', holder: { kind: 'ttl' } });
  expect(await leaseAt(given.port)).toMatchObject({ lock_id: given.lock_id, service_name: 'probe' });
  expect(await other.refusal('release', { lease: given.lock_id })).toContain('FORBIDDEN');
  expect(await leaseAt(given.port)).toBeDefined();
  expect(await agent.call('release', { lease: String(given.port) })).toMatchObject({
    lock_id: given.lock_id,
    state: 'released',
  });
  expect(await leaseAt(given.port)).toBeUndefined();
  expect(await agent.call('check', { port: given.port })).toMatchObject({ available: true });
});

test.each([
  ['check', { port: 0 }, /port: expected a port from 1 to 65535/],
  ['check', { port: '80' }, /port: expected a port/],
  ['check', { port: 80, prot: 1 }, /prot is not known/],
  ['stop', {}, /service: /],
  ['ensure', { command: [] }, /command: expected a command/],
  ['ensure', { command: ['x'], timeout: 0 }, /timeout: expected seconds from 1 to 600/],
  ['nothing', {}, /there is no tool "nothing"/],
])('what %s is not to be called with is refused: %j', async (tool, input, text) => {
  expect(await agent.refusal(tool, input)).toMatch(text);
});

test('without a name the session is the agent whose process has started the server', async () => {
  const unnamed = await connect('Some Agent 3');
  const { instance_id: id, ...made } = await unnamed.call('ensure', {
    command: [process.execPath, '-e', SERVER],
    name: 'unnamed',
  });
  expect(id).toBe(`Some-Agent-3-${process.pid}`);
  const { instances } = await home.json<{ instances: object[] }>(['instances', 'list']);
  expect(instances).toMatchObject([
    { instance_id: id, process_id: process.pid, metadata: { agent: 'Some Agent 3' } },
  ]);
  // Another server of the same agent belongs to the same session.
  const second = await connect('Other name');
  onTestFinished(() => second.client.close());
  await unnamed.client.close();
  expect(await second.call('stop', { service: 'unnamed' })).toMatchObject({
    stopped: [{ lock_id: made.lock_id }],
  });
});

test('the server ends with its agent, and writes nothing but the protocol', async () => {
  const running = home.start(['mcp']);
  const { stdout, stderr, code } = await running.finished();
  expect({ stdout, stderr, code }).toEqual({ stdout: '', stderr: '', code: 0 });
  await waitFor(() => !isAlive(running.pid), 5000, 'it to end');
});

test('answers all that was asked before the client closed its end', () => {
  const request = (id: number, method: string, params: object = {}) =>
    JSON.stringify({ jsonrpc: '2.0', id, method, params });
  const hello = {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'brief', version: '1' },
  };
  const input = [
    request(1, 'initialize', hello),
    '{"jsonrpc":"2.0","id":9,',
    '{"id":9}',
    request(2, 'tools/call', { name: 'wait', arguments: { service: String(home.ports.last), timeout: 1 } }),
    request(3, 'tools/call', { name: 'list', arguments: {} }),
    request(4, 'tools/list'),
  ].join('\n');
  const options = { input: `${input}\n`, env: home.env, cwd: home.place, encoding: 'utf8' } as const;
  const { stdout, status } = spawnSync(process.execPath, [BIN, 'mcp'], options);
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id?: number; error?: { code: number } });
  const ids = answers.flatMap(({ id = [] }) => id);
  expect([ids.toSorted(), status]).toEqual([[1, 2, 3, 4], 0]);
  // Lines that are no message: not JSON, no request.
  const refused = answers.filter(({ id }) => id === undefined);
  expect(refused.map(({ error }) => error?.code)).toEqual([-32_700, -32_600]);
});
