import type { AllocateAnswer, ReleaseAnswer } from '../protocol/answers/lease.ts';
import type { CheckAnswer, ListAnswer, SuggestAnswer, ScanAnswer } from '../protocol/answers/ports.ts';
import type { CleanupAnswer, StatusAnswer } from '../protocol/answers/status.ts';
import type {
  ConfigAnswer,
  AutoAllocationAnswer,
  AutoAllocationSwitched,
  AutoAllocationUndone,
} from '../protocol/answers/config.ts';
import type { ProjectPortsAnswer } from '../protocol/answers/project.ts';
import type { Coordinator } from '../protocol/coordinator.ts';
import type { InstanceAnswer, InstanceListAnswer } from '../protocol/answers/instance.ts';
import { ENDPOINTS, pathOf, type EndpointName } from '../protocol/endpoints.ts';
import type { Connection } from './connection.ts';
import { queryString } from './query-string.ts';

/** The coordinator as seen from another process: each method is one request to the daemon. */
export function createHttpCoordinator(connection: Connection): Coordinator {
  function ask<Answer>(
    endpoint: EndpointName,
    {
      at,
      query,
      body,
    }: { at?: Record<string, string | number>; query?: object | undefined; body?: unknown } = {},
  ): Promise<Answer> {
    const path = pathOf(endpoint, at) + queryString(query ?? {});
    return connection.call({ method: ENDPOINTS[endpoint].method, path, body });
  }

  return {
    // Asked again after a broken connection, the daemon gives the lease that the first request made.
    allocate: (body) =>
      ask<AllocateAnswer>('allocate', { body: { request_id: crypto.randomUUID(), ...body } }),
    release: (lockId, query) => ask<ReleaseAnswer>('release', { at: { lockId }, query }),
    attach: (lockId, body) => ask<ReleaseAnswer>('attach', { at: { lockId }, body }),
    list: (query) => ask<ListAnswer>('list', { query }),
    check: (port) => ask<CheckAnswer>('check', { at: { port } }),
    suggest: (serviceType, query) => ask<SuggestAnswer>('suggest', { at: { serviceType }, query }),
    scan: (query) => ask<ScanAnswer>('scan', { query }),
    status: () => ask<StatusAnswer>('status'),
    cleanup: () => ask<CleanupAnswer>('cleanup'),
    projectPorts: (body) => ask<ProjectPortsAnswer>('projectPorts', { body }),
    config: () => ask<ConfigAnswer>('config'),
    autoAllocation: () => ask<AutoAllocationAnswer>('autoAllocation'),
    setAutoAllocation: (body) => ask<AutoAllocationSwitched>('setAutoAllocation', { body }),
    undoAutoAllocation: (serviceType) =>
      ask<AutoAllocationUndone>('undoAutoAllocation', { at: { serviceType } }),
    registerInstance: (body) => ask<InstanceAnswer>('registerInstance', { body }),
    heartbeat: (id) => ask<InstanceAnswer>('heartbeat', { at: { id } }),
    listInstances: () => ask<InstanceListAnswer>('listInstances'),
    removeInstance: (id) => ask<InstanceAnswer>('removeInstance', { at: { id } }),
  };
}
