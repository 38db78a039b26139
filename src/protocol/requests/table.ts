import * as v from 'valibot';
import type { EndpointName } from '../endpoints.ts';
import {
  allocateBody,
  attachBody,
  autoAllocationBody,
  releaseQuery,
  restartQuery,
  stopQuery,
} from './allocate.ts';
import { about, name, port } from './fields.ts';
import { heartbeatBody, registerBody } from './instance.ts';
import { projectPortsBody } from './project.ts';
import {
  auditQuery,
  forgetQuery,
  listQuery,
  logQuery,
  metricsQuery,
  scanQuery,
  statusQuery,
  suggestQuery,
} from './queries.ts';

/** Fields of a path or a query, by their names. */
export type FieldsSchema = v.ObjectSchema<v.ObjectEntries, string | undefined>;

export interface RequestSchemas {
  /** What stands at the `:name` places of the path. */
  readonly path?: FieldsSchema;
  readonly query?: FieldsSchema;
  readonly body?: v.GenericSchema;
}

const ofLease = v.object({
  lockId: about(
    v.pipe(v.string(), v.regex(/^[0-9A-Za-z-]{1,64}$/, 'there is no such lease')),
    'the `lock_id` of a lease',
  ),
});
const ofPort = v.object({ port });
const ofType = v.object({ serviceType: about(name, 'a service type') });
const ofInstance = v.object({ id: about(name, 'the id of an instance') });

/**
 * What each route takes: the daemon checks requests against it, the OpenAPI document is made from it. What is not named
 * here is not read, so that older daemons work under newer clients.
 */
export const REQUESTS = {
  allocate: { body: allocateBody },
  release: { path: ofLease, query: releaseQuery },
  attach: { path: ofLease, body: attachBody },
  stop: { path: ofLease, query: stopQuery },
  restart: { path: ofLease, query: restartQuery },
  list: { query: listQuery },
  check: { path: ofPort },
  suggest: { path: ofType, query: suggestQuery },
  scan: { query: scanQuery },
  log: { path: ofLease, query: logQuery },
  usage: {},
  doctor: {},
  status: { query: statusQuery },
  registerInstance: { body: registerBody },
  listInstances: {},
  heartbeatByBody: { body: heartbeatBody },
  heartbeat: { path: ofInstance },
  heartbeatByPut: { path: ofInstance },
  removeInstance: { path: ofInstance },
  projectPorts: { body: projectPortsBody },
  remembered: { query: listQuery },
  forget: { query: forgetQuery },
  config: {},
  cleanup: {},
  events: {},
  metrics: { query: metricsQuery },
  audit: { query: auditQuery },
  autoAllocation: {},
  setAutoAllocation: { body: autoAllocationBody },
  undoAutoAllocation: { path: ofType },
  openapi: {},
} as const satisfies Record<EndpointName, RequestSchemas>;

type Part<Name extends EndpointName, Key extends keyof RequestSchemas> =
  (typeof REQUESTS)[Name] extends Readonly<Record<Key, infer Schema extends v.GenericSchema>>
    ? v.InferOutput<Schema>
    : undefined;

/** What a request says, checked. */
export interface CheckedRequest<Name extends EndpointName> {
  readonly path: Part<Name, 'path'>;
  readonly query: Part<Name, 'query'>;
  readonly body: Part<Name, 'body'>;
}
