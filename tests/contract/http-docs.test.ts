import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERRORS } from '../../src/base/error-codes.ts';
import { DETAILS } from '../../src/protocol/endpoint-details.ts';
import { ENDPOINTS, type EndpointName } from '../../src/protocol/endpoints.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { startProgram } from '../support/home.ts';
import { resolve, violations } from '../support/json-schema.ts';
import { claimPorts, type PortBlock } from '../support/ports.ts';
import { waitFor } from '../support/processes.ts';

/** A process that lives as long as the tests: stands for the `4711` of the examples. */
const PID = String(process.pid);

const state: { block?: PortBlock; daemon?: TestDaemon } = {};
beforeAll(async () => {
  const { first } = (state.block = await claimPorts());
  const types = Object.fromEntries(
    ['dev', 'api', 'test', 'ui'].map((name, index) => [
      name,
      { port_range: [first + 10 + index * 20, first + 29 + index * 20] },
    ]),
  );
  state.daemon = await startTestDaemon({ httpPort: first, config: { service_types: types } });
  // The examples say `~/.styxy`, as people's homes are.
  symlinkSync(daemon().paths.home, join(daemon().paths.home, '.styxy'));
});
afterAll(async () => {
  await state.daemon?.[Symbol.asyncDispose]();
  await state.block?.[Symbol.asyncDispose]();
});

function daemon(): TestDaemon {
  if (!state.daemon) throw new Error('the daemon is not started yet');
  return state.daemon;
}

const page = readFileSync(new URL('../../docs/reference/http-api.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => text.trim());
const commands = blocks.flatMap((text) => text.replaceAll('\\\n', '').split('\n'));

/** What a reader of the page understands of a command. */
interface Example {
  readonly command: string;
  readonly method: string;
  /** With `$LOCK_ID` and the like in it. */
  readonly path: string;
  readonly body: string | undefined;
}
const examples: Example[] = commands.map((command) => ({
  command,
  method: / -X (\w+)/.exec(command)?.[1] ?? 'GET',
  path: /https?:\/\/(?:localhost|127\.0\.0\.1:9876)([^\s"]*)/.exec(command)?.[1] ?? '',
  body: / -d '([^']*)'/.exec(command)?.[1],
}));

function endpointOf(method: string, path: string): EndpointName | undefined {
  return (Object.keys(ENDPOINTS) as EndpointName[]).find((name) => {
    const pattern = ENDPOINTS[name].path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/?]+');
    return ENDPOINTS[name].method === method && new RegExp(`^${pattern}(\\?.*)?$`).test(path);
  });
}

interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}
interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object; example?: object }> };
  responses: Record<
    string,
    { description: string; content: Record<string, { schema?: Record<string, unknown> }> }
  >;
}
const openApi = () => daemon().connection.call<OpenApi>({ method: 'GET', path: '/openapi.json' });
const templateOf = (path: string): string => path.replaceAll(/:(\w+)/g, '{$1}');

describe('openapi.json', () => {
  test('describes every route of the table, and nothing else', async () => {
    const { openapi, info, paths } = await openApi();
    expect(openapi).toMatch(/^3\.1\.\d+$/);
    expect(info).toMatchObject({ title: 'Styxy', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const mounted = Object.values(ENDPOINTS).map(({ method, path }) => `${method} ${templateOf(path)}`);
    expect(described.toSorted()).toEqual(['GET /', ...mounted].toSorted());
  });

  test('is sound: names are unique, parameters declared, references lead somewhere, statuses are ours', async () => {
    const document = await openApi();
    const operations = Object.entries(document.paths).flatMap(([path, all]) =>
      Object.values(all).map((operation) => ({ path, operation })),
    );
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const statuses = new Set<number>([200, ...Object.values(ERRORS).map(({ http }) => http)]);
    for (const { path, operation } of operations) {
      const declared = (operation.parameters ?? []).filter((each) => each.in === 'path');
      expect(declared.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(declared.every(({ required }) => required)).toBe(true);
      for (const [status, { description, content }] of Object.entries(operation.responses)) {
        expect(statuses).toContain(Number(status));
        expect(description).not.toBe('');
        if (status !== '200')
          expect(content['application/json']?.schema).toEqual({ $ref: '#/components/schemas/ErrorBody' });
      }
    }
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(20);
    for (const [, reference = ''] of references) resolve(reference, document);
  });

  test('says what the answers really are', async () => {
    const document = await openApi();
    const styxy = daemon().coordinator;
    const asked = async (name: EndpointName, at?: Record<string, string>, body?: object) => {
      const { method, path } = ENDPOINTS[name];
      const target = path.replaceAll(/:(\w+)/g, (_, key: string) => at?.[key] ?? key);
      return daemon().connection.call<{ lock_id: string; port: number }>({ method, path: target, body });
    };
    const lease = await asked('allocate', {}, { service_type: 'dev', process_id: process.pid });
    const at = { lockId: lease.lock_id, port: String(lease.port), serviceType: 'dev' };
    const answers: [EndpointName, unknown][] = [['allocate', lease]];
    for (const name of ['attach', 'list', 'check', 'suggest', 'scan', 'status', 'audit'] as const)
      answers.push([name, await asked(name, at, name === 'attach' ? {} : undefined)]);
    answers.push(['release', await asked('release', at)]);
    await styxy.allocate({ service_type: 'dev', ttl_ms: 1 });
    await waitFor(async () => (await styxy.list()).allocations.length === 0, 10_000, 'the lease to expire');
    answers.push(['cleanup', await asked('cleanup')]);
    for (const [name, answer] of answers) {
      const { method, path } = ENDPOINTS[name];
      const operation = document.paths[templateOf(path)]?.[method.toLowerCase()];
      const schema = operation?.responses['200']?.content['application/json']?.schema ?? {};
      expect(schema, name).toHaveProperty('$ref');
      expect(violations(answer, schema, document, name)).toEqual([]);
    }
  });

  test('describes an error as it comes, and names routes that can be refused like that', async () => {
    const document = await openApi();
    const failed = await daemon()
      .connection.call({ method: 'GET', path: '/check/0' })
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'INVALID_PORT' });
    const { message: what, why, hint, details, code } = failed as Record<string, unknown>;
    const body = { success: false, error: { code, message: what, why: why ?? null, hint, details } };
    const { schema = {} } =
      document.paths['/check/{port}']?.['get']?.responses['400']?.content['application/json'] ?? {};
    expect(violations(body, schema, document)).toEqual([]);
  });

  test('is told apart from what it is not', async () => {
    const document = await openApi();
    const schema = { $ref: '#/components/schemas/ErrorBody' };
    expect(violations({ success: true }, schema, document)).toEqual([
      'answer.error: is missing',
      'answer.success: is true',
    ]);
  });
});

describe('the examples of the reference page', () => {
  const run = (command: string, variables: Record<string, string> = {}) =>
    startProgram(
      ['sh', '-c', command.replace('127.0.0.1:9876', `127.0.0.1:${state.block?.first}`).replace('4711', PID)],
      {
        cwd: daemon().paths.home,
        env: { PATH: process.env['PATH'], HOME: daemon().paths.home, ...variables },
      },
    );
  const lease = () => daemon().coordinator.allocate({ service_type: 'dev', ttl_ms: 600_000 });
  const hasCurl = spawnSync('curl', ['--version']).status === 0;

  test('are there for every route', () => {
    const shown = new Set(examples.map(({ method, path }) => endpointOf(method, path)));
    expect([...shown].toSorted()).toEqual(Object.keys(ENDPOINTS).toSorted());
  });

  const ending = examples.filter(({ command }) => !command.includes('--no-buffer'));
  test.skipIf(!hasCurl).each(ending.map(({ command, method, path }) => [`${method} ${path}`, command]))(
    '%s works as it is printed (needs curl)',
    async (name, command) => {
      const { lock_id: LOCK_ID } = await lease();
      const exit = await run(command, {
        LOCK_ID,
        PORT: '3000',
        SERVICE_TYPE: 'dev',
        ID: 'nobody',
      }).finished();
      expect(exit.code, exit.story).toBe(0);
      const [method = '', path = ''] = name.split(' ');
      const endpoint = endpointOf(method, path);
      if (endpoint === 'metrics') return expect(exit.stdout).toContain('# TYPE styxy_leases gauge');
      const answer = JSON.parse(exit.stdout) as { success?: boolean };
      // A route of which no more is known than its path can't have an example that surely succeeds.
      if (endpoint && DETAILS[endpoint]) expect(answer.success, exit.stdout).not.toBe(false);
      await daemon()
        .coordinator.release(LOCK_ID)
        .catch(() => undefined);
    },
  );

  test.skipIf(!hasCurl)('the events come as they happen (needs curl)', async () => {
    const { command = '' } = examples.find((example) => example.command.includes('--no-buffer')) ?? {};
    const curl = run(`exec ${command}`);
    await waitFor(() => curl.stdout().includes('event: hello'), 10_000, 'the hello');
    await lease();
    await waitFor(() => curl.stdout().includes('event: granted'), 10_000, 'the lease');
    curl.process.kill('SIGTERM');
    await curl.finished();
  });

  test('are enough to write a client from', async () => {
    const token = readFileSync(daemon().paths.token, 'utf8').trim();
    /** Does what the example of that method and path does, with values of its own. */
    const client = async (
      method: string,
      path: string,
      values: Record<string, string> = {},
      body?: object,
    ) => {
      const example = examples.find(
        (each) =>
          each.method === method && each.path.split('?')[0] === path && !each.command.includes('Bearer'),
      );
      if (!example) throw new Error(`the page has no example of ${method} ${path}`);
      const target = example.path.replaceAll(/\$(\w+)/g, (_, name: string) => values[name] ?? '');
      return ask(method, target, body ?? (example.body && JSON.parse(example.body)));
    };
    function ask(method: string, path: string, body: object | undefined): Promise<Record<string, unknown>> {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
      };
      return new Promise((done, fail) => {
        const asked = request({ host: '127.0.0.1', port: state.block?.first, method, path, headers });
        asked.once('error', fail).once('response', (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.once('end', () => done(JSON.parse(text) as Record<string, unknown>));
        });
        asked.end(body && JSON.stringify(body));
      });
    }
    const web = await client('POST', '/allocate');
    expect(web).toMatchObject({ success: true, service_type: 'dev', service_name: 'web' });
    const LOCK_ID = String(web['lock_id']);
    expect(
      await client('PATCH', '/allocate/$LOCK_ID', { LOCK_ID }, { process_id: process.pid }),
    ).toMatchObject({
      process_id: process.pid,
    });
    const { allocations } = await client('GET', '/allocations');
    expect(allocations).toContainEqual(expect.objectContaining({ lock_id: LOCK_ID }));
    expect(await client('DELETE', '/allocate/$LOCK_ID', { LOCK_ID })).toMatchObject({ state: 'released' });
    expect(await client('DELETE', '/allocate/$LOCK_ID', { LOCK_ID })).toMatchObject({
      success: false,
      error: { code: 'LEASE_NOT_FOUND' },
    });
    expect(await client('GET', '/status')).toMatchObject({ running: true });
  });
});
