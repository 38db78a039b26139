import { beforeEach, expect, test } from 'vitest';
import type { Connection } from '../../../src/client/connection.ts';
import { createHttpCoordinator } from '../../../src/client/http-coordinator.ts';
import type { Call } from '../../../src/client/transport.ts';
import type { Coordinator } from '../../../src/protocol/coordinator.ts';

let asked: Call[];
let coordinator: Coordinator;
beforeEach(() => {
  asked = [];
  const connection: Connection = {
    async call<Answer>(request: Call) {
      asked.push(request);
      return { answer: 'as it came' } as Answer;
    },
    hold: () => Promise.reject(new Error('nothing here holds')),
    tell: () => Promise.reject(new Error('nothing here waits for no answer')),
  };
  coordinator = createHttpCoordinator(connection);
});

test('each method is one request to its endpoint', async () => {
  await coordinator.allocate({ service_type: 'dev' });
  await coordinator.release('id/1');
  await coordinator.attach('id', { process_id: 5 });
  await coordinator.list();
  await coordinator.check(3000);
  await coordinator.suggest('dev');
  await coordinator.scan();
  await coordinator.status();
  await coordinator.cleanup();
  await coordinator.config();
  await coordinator.projectPorts({ project_path: '/p', services: [] });
  await coordinator.autoAllocation();
  await coordinator.undoAutoAllocation('a/b');
  await coordinator.setAutoAllocation({ enabled: false });
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /allocate',
    'DELETE /allocate/id%2F1',
    'PATCH /allocate/id',
    'GET /allocations',
    'GET /check/3000',
    'GET /suggest/dev',
    'GET /scan',
    'GET /status',
    'POST /cleanup',
    'GET /config',
    'POST /project/ports',
    'GET /config/auto-allocation',
    'DELETE /config/auto-allocation/a%2Fb',
    'POST /config/auto-allocation',
  ]);
  expect(asked.map(({ body }) => body)).toMatchObject([
    { service_type: 'dev', request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    undefined,
    { process_id: 5 },
    ...Array(7).fill(undefined),
    { project_path: '/p', services: [] },
    undefined,
    undefined,
    { enabled: false },
  ]);
  await coordinator.registerInstance({ instance_id: 'agent' });
  await coordinator.heartbeat('agent');
  await coordinator.listInstances();
  await coordinator.removeInstance('a/b');
  expect(asked.slice(-4).map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /instance/register',
    'POST /instance/agent/heartbeat',
    'GET /instance/list',
    'DELETE /instance/a%2Fb',
  ]);
  const paths = asked.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(paths).size).toBe(paths.length);
});

test('queries hold what was asked for, safe for a URL, and nothing else', async () => {
  await coordinator.list({ type: 'dev', project: '/a b/&ü=1' });
  await coordinator.suggest('dev', {
    count: 3,
    service_type_default: true,
    preferred_port: 3000,
    service_name: undefined,
  });
  await coordinator.suggest('own', { service_type_definition: { port_range: [3300, 3309] } });
  expect(asked.map(({ path }) => path)).toEqual([
    '/allocations?type=dev&project=%2Fa+b%2F%26%C3%BC%3D1',
    '/suggest/dev?count=3&service_type_default=true&preferred_port=3000',
    '/suggest/own?service_type_definition=%7B%22port_range%22%3A%5B3300%2C3309%5D%7D',
  ]);
});

test('the answer is handed on as it came', async () => {
  expect(await coordinator.status()).toEqual({ answer: 'as it came' });
});
