import type { Coordinator } from '../protocol/coordinator.ts';
import { ENDPOINTS, pathOf, type EndpointName } from '../protocol/endpoints.ts';
import type { AnswerOf } from '../protocol/openapi/routes.ts';
import { nameProcess } from './name-process.ts';
import type { Connection } from './connection.ts';
import { queryString } from './query-string.ts';

/** The coordinator as seen from another process: each method is one request to the daemon. */
export function createHttpCoordinator(connection: Connection): Coordinator {
  function ask<Name extends EndpointName>(
    endpoint: Name,
    {
      at,
      query,
      body,
    }: { at?: Record<string, string | number>; query?: object | undefined; body?: unknown } = {},
  ): Promise<AnswerOf<Name>> {
    const path = pathOf(endpoint, at) + queryString(query ?? {});
    return connection.call({ method: ENDPOINTS[endpoint].method, path, body });
  }

  return {
    // Asked again after a broken connection, the daemon gives the lease that the first request made.
    allocate: (body) =>
      ask('allocate', {
        body: { request_id: crypto.randomUUID(), ...body, ...nameProcess(body.process_id) },
      }),
    release: (lockId, query) => ask('release', { at: { lockId }, query }),
    attach: (lockId, body) =>
      ask('attach', { at: { lockId }, body: { ...body, ...nameProcess(body.process_id) } }),
    stop: (lockId, query) => ask('stop', { at: { lockId }, query }),
    restart: (lockId, query) => ask('restart', { at: { lockId }, query }),
    list: (query) => ask('list', { query }),
    check: (port) => ask('check', { at: { port } }),
    suggest: (serviceType, query) => ask('suggest', { at: { serviceType }, query }),
    scan: (query) => ask('scan', { query }),
    usage: () => ask('usage'),
    log: (lockId, query) => ask('log', { at: { lockId }, query }),
    status: (query) => ask('status', { query }),
    cleanup: () => ask('cleanup'),
    projectPorts: (body) => ask('projectPorts', { body }),
    remembered: (query) => ask('remembered', { query }),
    forget: (query) => ask('forget', { query }),
    config: () => ask('config'),
    autoAllocation: () => ask('autoAllocation'),
    setAutoAllocation: (body) => ask('setAutoAllocation', { body }),
    undoAutoAllocation: (serviceType) => ask('undoAutoAllocation', { at: { serviceType } }),
    registerInstance: (body) =>
      ask('registerInstance', { body: { ...body, ...nameProcess(body.process_id) } }),
    heartbeat: (id) => ask('heartbeat', { at: { id } }),
    listInstances: () => ask('listInstances'),
    removeInstance: (id) => ask('removeInstance', { at: { id } }),
  };
}
