import type * as v from 'valibot';
import type { ErrorCode } from '../../base/error-codes.ts';
import type { EndpointName } from '../endpoints.ts';
import { allocateAnswer, holdLine, releaseAnswer, restartAnswer, stopAnswer } from '../answers/lease.ts';
import { auditAnswer, auditEntry } from '../answers/audit.ts';
import {
  autoAllocationAnswer,
  autoAllocationSwitched,
  autoAllocationUndone,
  configAnswer,
} from '../answers/config.ts';
import { streamedEvent } from '../answers/events.ts';
import { instanceAnswer, instanceListAnswer } from '../answers/instance.ts';
import { metricsAnswer } from '../answers/metrics.ts';
import { checkAnswer, listAnswer, scanAnswer, suggestAnswer } from '../answers/ports.ts';
import { projectPortsAnswer } from '../answers/project.ts';
import { forgetAnswer, rememberedAnswer } from '../answers/remembered.ts';
import { cleanupAnswer, doctorAnswer, logAnswer, statusAnswer, usageAnswer } from '../answers/status.ts';

export interface AnswerDetails {
  /** The JSON document of a success. */
  readonly json?: v.GenericSchema;
  /** Successes that are no JSON document, by content type; the schema is that of one line or event, if it has one. */
  readonly other?: Readonly<Record<string, { schema?: v.GenericSchema; about: string }>>;
  /** Beyond those that every route may answer with. */
  readonly errors: readonly ErrorCode[];
  /** A request that succeeds. */
  readonly example?: { readonly path?: string; readonly body?: object };
}

/** Every route may answer with these; BODY_TOO_LARGE also for the head of a request. */
export const COMMON_ERRORS = [
  'UNAUTHORIZED',
  'FORBIDDEN',
  'PROTOCOL_MISMATCH',
  'DAEMON_OUTDATED',
  'BODY_TOO_LARGE',
  'OUT_OF_RESOURCES',
  'INTERNAL',
] as const satisfies ErrorCode[];
const BODY = ['INVALID_REQUEST', 'NOT_JSON'] as const satisfies ErrorCode[];

/** What each route answers, and an example of asking it. Read when the OpenAPI document and the pages are made. */
export const ANSWERS = {
  allocate: {
    json: allocateAnswer,
    other: {
      'application/x-ndjson': {
        schema: holdLine,
        about: 'with `hold`: one JSON document a line, for as long as the lease lives',
      },
    },
    errors: [
      ...BODY,
      'INVALID_PORT',
      'INVALID_NAME',
      'UNKNOWN_TYPE',
      'PORT_NOT_ALLOWED',
      'PORT_TAKEN',
      'LEASE_LOST',
      'SERVICE_RUNNING',
      'RANGE_FULL',
      'BAD_CONFIG',
      'STATE_UNWRITABLE',
      'DAEMON_STOPPING',
    ],
    example: {
      body: { service_type: 'dev', service_name: 'web', project_path: '/home/me/shop', ttl_ms: 600_000 },
    },
  },
  release: {
    json: releaseAnswer,
    errors: ['LEASE_NOT_FOUND', 'LEASE_SHARED', 'INVALID_NAME', 'INVALID_REQUEST', 'STATE_UNWRITABLE'],
  },
  attach: {
    json: releaseAnswer,
    errors: [...BODY, 'LEASE_NOT_FOUND', 'STATE_UNWRITABLE'],
    example: { body: { process_id: 4711 } },
  },
  stop: {
    json: stopAnswer,
    errors: ['LEASE_NOT_FOUND', 'INVALID_REQUEST', 'TAKES_NO_ORDERS', 'TIMED_OUT', 'STATE_UNWRITABLE'],
  },
  restart: {
    json: restartAnswer,
    errors: ['LEASE_NOT_FOUND', 'INVALID_REQUEST', 'TAKES_NO_ORDERS'],
  },
  list: {
    json: listAnswer,
    errors: ['UNKNOWN_TYPE', 'INVALID_NAME', 'INVALID_REQUEST'],
    example: { path: '/allocations?type=dev' },
  },
  check: { json: checkAnswer, errors: ['INVALID_PORT'], example: { path: '/check/8000' } },
  suggest: {
    json: suggestAnswer,
    errors: ['UNKNOWN_TYPE', 'INVALID_NAME', 'INVALID_PORT', 'INVALID_REQUEST'],
    example: { path: '/suggest/api?count=3' },
  },
  scan: {
    json: scanAnswer,
    errors: ['INVALID_PORT', 'INVALID_REQUEST'],
    example: { path: '/scan?from=3000&to=3999' },
  },
  log: { json: logAnswer, errors: ['LEASE_NOT_FOUND', 'NOT_LOGGED', 'INVALID_REQUEST'] },
  usage: { json: usageAnswer, errors: [] },
  doctor: { json: doctorAnswer, errors: ['TIMED_OUT'] },
  status: { json: statusAnswer, errors: [] },
  registerInstance: {
    json: instanceAnswer,
    errors: [...BODY, 'INVALID_NAME', 'STATE_UNWRITABLE'],
    example: { body: { instance_id: 'review', working_directory: '/home/me/shop' } },
  },
  listInstances: { json: instanceListAnswer, errors: [] },
  heartbeatByBody: {
    json: instanceAnswer,
    errors: [...BODY, 'INVALID_NAME', 'INSTANCE_NOT_FOUND'],
    example: { body: { instance_id: 'review' } },
  },
  heartbeat: {
    json: instanceAnswer,
    errors: ['INVALID_NAME', 'INSTANCE_NOT_FOUND'],
    example: { path: '/instance/review/heartbeat' },
  },
  heartbeatByPut: {
    json: instanceAnswer,
    errors: ['INVALID_NAME', 'INSTANCE_NOT_FOUND'],
    example: { path: '/instance/review/heartbeat' },
  },
  removeInstance: {
    json: instanceAnswer,
    errors: ['INVALID_NAME', 'INSTANCE_NOT_FOUND', 'STATE_UNWRITABLE'],
    example: { path: '/instance/review' },
  },
  projectPorts: {
    json: projectPortsAnswer,
    errors: [...BODY, 'INVALID_NAME', 'INVALID_PORT'],
    example: {
      body: { project_path: '/home/me/shop', services: [{ service_name: 'web', service_type: 'dev' }] },
    },
  },
  remembered: {
    json: rememberedAnswer,
    errors: ['INVALID_NAME', 'INVALID_REQUEST'],
    example: { path: '/remembered?project=/home/me/shop' },
  },
  forget: {
    json: forgetAnswer,
    errors: ['INVALID_NAME', 'INVALID_REQUEST'],
    example: { path: '/remembered?project=/home/me/shop&service_name=web' },
  },
  config: { json: configAnswer, errors: [] },
  cleanup: { json: cleanupAnswer, errors: [] },
  events: {
    other: {
      'text/event-stream': {
        schema: streamedEvent,
        about: 'server-sent events; the schema is that of the JSON in their `data:` lines',
      },
    },
    errors: [],
  },
  metrics: {
    json: metricsAnswer,
    other: { 'text/plain': { about: 'the text format of Prometheus, unless `format` is `json`' } },
    errors: ['INVALID_REQUEST'],
  },
  audit: {
    json: auditAnswer,
    other: {
      'application/x-ndjson': { schema: auditEntry, about: 'with `format=lines`: one entry a line' },
    },
    errors: ['INVALID_REQUEST', 'INVALID_NAME'],
    example: { path: '/audit?action=granted&since=1h' },
  },
  autoAllocation: { json: autoAllocationAnswer, errors: [] },
  setAutoAllocation: {
    json: autoAllocationSwitched,
    errors: [...BODY, 'BAD_CONFIG', 'STATE_UNWRITABLE'],
    example: { body: { enabled: true } },
  },
  undoAutoAllocation: {
    json: autoAllocationUndone,
    errors: [
      'INVALID_NAME',
      'INVALID_REQUEST',
      'UNKNOWN_TYPE',
      'TYPE_IN_USE',
      'BAD_CONFIG',
      'STATE_UNWRITABLE',
    ],
  },
  openapi: { errors: [] },
} as const satisfies Record<EndpointName, AnswerDetails>;

/** The JSON document that a route answers with; unknown where it is none. */
export type AnswerOf<Name extends EndpointName> = (typeof ANSWERS)[Name] extends {
  readonly json: infer Schema extends v.GenericSchema;
}
  ? v.InferOutput<Schema>
  : unknown;
