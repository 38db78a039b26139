import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERRORS } from '../../src/base/error-codes.ts';
import { ENDPOINTS, type EndpointName } from '../../src/protocol/endpoints.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { openApi, operationOf, problemsAs, problemsOfAnswer, templateOf } from '../support/openapi.ts';
import { claimPorts, type PortBlock } from '../support/ports.ts';
import { waitFor } from '../support/processes.ts';
import { leaseOfRun } from '../support/run-lease.ts';

const NAMES = Object.keys(ENDPOINTS) as EndpointName[];

describe('openapi.json', () => {
  test('is OpenAPI 3.1 to a validator that knows nothing of us', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate({ ...openApi });
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(validator.version).toBe('3.1');
  });

  test('that validator refuses what is not', async () => {
    const wrong = { ...openApi, paths: { '/allocate': { post: { responses: 'none' } } } };
    expect(await new Validator().validate(wrong)).toMatchObject({ valid: false });
  });

  test('describes every route of the table, and the page, and nothing else', () => {
    const described = Object.entries(openApi.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const mounted = NAMES.map((name) => `${ENDPOINTS[name].method} ${templateOf(name)}`);
    expect(described.toSorted()).toEqual(['GET /', ...mounted].toSorted());
  });

  test.each(Object.keys(openApi.components.schemas))('%s is a schema of draft 2020-12', (name) => {
    // Strict: unknown keywords, tuples of older drafts and limits on the wrong type are errors.
    expect(() => problemsAs(name, {})).not.toThrow();
  });

  test.each(NAMES)('%s names its parameters and the codes of its refusals', (name) => {
    const { parameters = [], responses, operationId } = operationOf(name);
    expect(operationId).toBe(name);
    const inPath = parameters.filter((each) => each.in === 'path');
    expect(inPath.map((each) => `{${each.name}}`)).toEqual(templateOf(name).match(/\{\w+\}/g) ?? []);
    for (const [status, { description }] of Object.entries(responses)) {
      if (status === '200') continue;
      for (const code of description.split(', '))
        expect(ERRORS).toHaveProperty([code, 'http'], Number(status));
    }
  });
});

describe('what the daemon answers', () => {
  const state: { daemon?: TestDaemon; block?: PortBlock } = {};
  beforeAll(async () => {
    const { first, last } = (state.block = await claimPorts());
    state.daemon = await startTestDaemon({
      config: { service_types: { dev: { port_range: [first, last] } } },
    });
  });
  afterAll(async () => {
    await state.daemon?.[Symbol.asyncDispose]();
    await state.block?.[Symbol.asyncDispose]();
  });

  test('is what the document says, for every route', async () => {
    const { connection, coordinator } = state.daemon!;
    const asked = new Set<EndpointName>();
    const ask = async <Answer = unknown>(
      name: EndpointName,
      at: Record<string, string> = {},
      body?: object,
      query = '',
    ) => {
      const { method, path } = ENDPOINTS[name];
      const target = path.replaceAll(/:(\w+)/g, (_, key: string) => at[key] ?? key);
      const answer = await connection.call<Answer>({ method, path: `${target}${query}`, body });
      asked.add(name);
      expect(problemsOfAnswer(name, 200, answer)).toEqual([]);
      return answer;
    };
    const lease = await ask<{ lock_id: string; port: number }>(
      'allocate',
      {},
      { service_type: 'dev', process_id: process.pid },
    );
    const at = { lockId: lease.lock_id, port: String(lease.port), serviceType: 'dev', id: 'review' };
    await ask('attach', at, {});
    await ask(
      'registerInstance',
      {},
      { instance_id: 'review', metadata: { agent: 'x', turns: 3, ci: false } },
    );
    await ask('heartbeatByBody', {}, { instance_id: 'review' });
    for (const name of ['heartbeat', 'heartbeatByPut', 'listInstances'] as const) await ask(name, at);
    for (const name of ['list', 'check', 'suggest', 'scan', 'status', 'audit', 'config'] as const)
      await ask(name, at);
    await ask(
      'projectPorts',
      {},
      {
        project_path: '/p',
        services: [
          { service_name: 'web', service_type: 'dev' },
          { service_name: 'odd', service_type: 'dev', preferred_port: 6000 },
        ],
      },
    );
    await ask('setAutoAllocation', {}, { enabled: true });
    const made = await coordinator.allocate({ service_type: 'grafana', force: true, ttl_ms: 600_000 });
    await ask('autoAllocation');
    await coordinator.release(made.lock_id);
    await ask('undoAutoAllocation', { serviceType: 'grafana' });
    await ask('release', at);
    await coordinator.allocate({ service_type: 'dev', ttl_ms: 1 });
    await waitFor(
      async () => (await coordinator.list()).allocations.length === 0,
      10_000,
      'the lease to expire',
    );
    const run = { lockId: (await leaseOfRun(state.daemon!)).allocation.lock_id };
    for (const name of ['restart', 'log', 'stop'] as const) await ask(name, run);
    await ask('doctor');
    await ask('usage');
    await ask('remembered');
    await ask('forget', {}, undefined, '?all=true');
    await ask('cleanup');
    await ask('removeInstance', at);
    await ask('openapi');
    const metrics = await connection.call({ method: 'GET', path: '/metrics?format=json' });
    expect(problemsOfAnswer('metrics', 200, metrics)).toEqual([]);
    expect(NAMES.filter((name) => !asked.has(name)).toSorted()).toEqual(['events', 'metrics']);
  });

  test('is the document itself, as it is in the package', async () => {
    expect(await state.daemon!.connection.call({ method: 'GET', path: '/openapi.json' })).toEqual(openApi);
  });

  test('is, in a stream of events, what the document says of each', async () => {
    const { connection, coordinator } = state.daemon!;
    const stream = await connection.hold({ method: 'GET', path: '/events', as: 'text' });
    const heard: unknown[] = [];
    stream.onLine((line) => {
      const [, json] = /^data: (.*)$/.exec(String(line)) ?? [];
      if (json !== undefined) heard.push(JSON.parse(json));
    });
    await waitFor(() => heard.length > 0, 10_000, 'the hello');
    const { lock_id } = await coordinator.allocate({ service_type: 'dev', ttl_ms: 60_000 });
    await coordinator.release(lock_id);
    await waitFor(() => heard.length >= 3, 10_000, 'the lease and its end');
    stream.close();
    for (const event of heard)
      expect(problemsOfAnswer('events', 200, event, 'text/event-stream')).toEqual([]);
  });

  test('is told apart from what it is not', () => {
    expect(problemsOfAnswer('check', 400, { success: true })).not.toEqual([]);
    expect(problemsOfAnswer('check', 200, { port: 3000 })).not.toEqual([]);
    const refusal = (code: string) => ({
      success: false,
      error: { code, message: 'm', why: null, hint: 'h', docs: 'd', details: {} },
    });
    expect(problemsOfAnswer('check', 400, refusal('INVALID_PORT'))).toEqual([]);
    expect(problemsOfAnswer('check', 400, refusal('INVALID_NAME'))).not.toEqual([]);
    expect(problemsOfAnswer('check', 409, refusal('PORT_TAKEN'))).not.toEqual([]);
    expect(problemsOfAnswer('config', 200, { more: 'than described' })).not.toEqual([]);
  });
});
