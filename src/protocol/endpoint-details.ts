import type { ErrorCode } from '../base/error-codes.ts';
import type { EndpointName } from './endpoints.ts';

export interface Parameter {
  readonly type: 'string' | 'integer' | 'boolean';
  readonly about: string;
}

/** What the reference pages and `GET /openapi.json` say about a route beyond its line in the table. */
export interface EndpointDetails {
  readonly query?: Readonly<Record<string, Parameter>>;
  /** Names of types in `src/protocol`. */
  readonly body?: string;
  readonly answer?: string;
  /** Where the answer is no JSON document: its content type. */
  readonly media?: string;
  /** Beyond those that every route may answer with. */
  readonly errors?: readonly ErrorCode[];
  /** A request that succeeds. `$LOCK_ID` stands for the `lock_id` of an answer. */
  readonly example?: { readonly path?: string; readonly body?: object };
}

/** Every route may answer with these. */
export const COMMON_ERRORS: readonly ErrorCode[] = ['UNAUTHORIZED', 'FORBIDDEN', 'INTERNAL'];
const BODY_ERRORS: readonly ErrorCode[] = ['INVALID_REQUEST', 'BODY_TOO_LARGE', 'NOT_JSON'];

/** A route that is missing here is described by its line in the table alone. */
export const DETAILS: Readonly<Partial<Record<EndpointName, EndpointDetails>>> = {
  config: { answer: 'ConfigAnswer' },
  projectPorts: {
    body: 'ProjectPortsBody',
    answer: 'ProjectPortsAnswer',
    errors: [...BODY_ERRORS, 'INVALID_NAME', 'INVALID_PORT'],
    example: {
      body: { project_path: '/home/me/shop', services: [{ service_name: 'web', service_type: 'dev' }] },
    },
  },
  allocate: {
    body: 'AllocateBody',
    answer: 'AllocateAnswer',
    errors: [
      ...BODY_ERRORS,
      'INVALID_PORT',
      'INVALID_NAME',
      'UNKNOWN_TYPE',
      'PORT_NOT_ALLOWED',
      'PORT_TAKEN',
      'LEASE_LOST',
      'RANGE_FULL',
      'STATE_UNWRITABLE',
      'DAEMON_STOPPING',
    ],
    example: {
      body: { service_type: 'dev', service_name: 'web', project_path: '/home/me/shop', ttl_ms: 600_000 },
    },
  },
  release: {
    query: {
      share_id: { type: 'string', about: 'of a shared lease: only this share' },
      instance_id: { type: 'string', about: 'of a shared lease: the share of this instance' },
      all: { type: 'boolean', about: 'of a shared lease: for everybody' },
    },
    answer: 'ReleaseAnswer',
    errors: ['LEASE_NOT_FOUND', 'LEASE_SHARED', 'STATE_UNWRITABLE'],
  },
  attach: {
    body: 'AttachBody',
    answer: 'ReleaseAnswer',
    errors: [...BODY_ERRORS, 'LEASE_NOT_FOUND', 'STATE_UNWRITABLE'],
    example: { body: { process_id: 4711 } },
  },
  list: {
    query: {
      type: { type: 'string', about: 'only this service type' },
      project: { type: 'string', about: 'only this worktree, by its path' },
    },
    answer: 'ListAnswer',
    errors: ['UNKNOWN_TYPE'],
    example: { path: '/allocations?type=dev' },
  },
  check: { answer: 'CheckAnswer', errors: ['INVALID_PORT'], example: { path: '/check/8000' } },
  suggest: {
    query: {
      count: { type: 'integer', about: 'how many, 1 to 100; 1 by default' },
      preferred_port: { type: 'integer', about: 'first among them if it is free' },
      project_path: { type: 'string', about: 'with service_name: the port it would get again' },
      service_name: { type: 'string', about: 'one program of the project' },
      service_type_default: {
        type: 'boolean',
        about: 'the type is a default: the range in which the preferred port lies decides',
      },
      instance_id: { type: 'string', about: 'one named like a template has a preferred port of its own' },
      service_type_definition: {
        type: 'string',
        about: 'what the project says about the type, for itself alone, as JSON',
      },
    },
    answer: 'SuggestAnswer',
    errors: ['UNKNOWN_TYPE', 'INVALID_NAME', 'INVALID_PORT', 'INVALID_REQUEST'],
    example: { path: '/suggest/api?count=3' },
  },
  scan: {
    query: {
      from: { type: 'integer', about: 'first port; 1 by default' },
      to: { type: 'integer', about: 'last port; 65535 by default' },
    },
    answer: 'ScanAnswer',
    errors: ['INVALID_PORT', 'INVALID_REQUEST'],
    example: { path: '/scan?from=3000&to=3999' },
  },
  registerInstance: {
    body: 'RegisterBody',
    answer: 'InstanceAnswer',
    errors: [...BODY_ERRORS, 'INVALID_NAME', 'STATE_UNWRITABLE'],
    example: { body: { instance_id: 'review', working_directory: '/home/me/shop' } },
  },
  listInstances: { answer: 'InstanceListAnswer' },
  heartbeatByBody: {
    body: 'HeartbeatBody',
    answer: 'InstanceAnswer',
    errors: [...BODY_ERRORS, 'INVALID_NAME', 'INSTANCE_NOT_FOUND'],
    example: { body: { instance_id: 'review' } },
  },
  heartbeat: {
    answer: 'InstanceAnswer',
    errors: ['INVALID_NAME', 'INSTANCE_NOT_FOUND'],
    example: { path: '/instance/review/heartbeat' },
  },
  heartbeatByPut: {
    answer: 'InstanceAnswer',
    errors: ['INVALID_NAME', 'INSTANCE_NOT_FOUND'],
    example: { path: '/instance/review/heartbeat' },
  },
  removeInstance: {
    answer: 'InstanceAnswer',
    errors: ['INVALID_NAME', 'INSTANCE_NOT_FOUND', 'STATE_UNWRITABLE'],
    example: { path: '/instance/review' },
  },
  status: { answer: 'StatusAnswer' },
  cleanup: { answer: 'CleanupAnswer' },
  events: { answer: 'DaemonEvent', media: 'text/event-stream' },
  audit: {
    query: {
      action: { type: 'string', about: 'only this kind of event' },
      type: { type: 'string', about: 'only this service type' },
      since: { type: 'string', about: 'not older than 30s, 10m, 1h, 7d, or than a time (ISO 8601)' },
      limit: { type: 'integer', about: 'how many of the latest, 0 to 10000; 100 by default' },
    },
    answer: 'AuditAnswer',
    errors: ['INVALID_REQUEST', 'INVALID_NAME'],
    example: { path: '/audit?action=granted&since=1h' },
  },
  metrics: {
    query: { format: { type: 'string', about: 'text (for Prometheus; the default) or json' } },
    media: 'text/plain',
    errors: ['INVALID_REQUEST'],
  },
  openapi: {},
};

/** What stands at the `:name` places of paths. */
export const PATH_PARAMETERS: Readonly<Record<string, Parameter>> = {
  lockId: { type: 'string', about: 'the lock_id of a lease' },
  port: { type: 'integer', about: 'a port, 1 to 65535' },
  serviceType: { type: 'string', about: 'a service type' },
  id: { type: 'string', about: 'the id of an instance' },
};
