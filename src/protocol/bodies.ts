import * as v from 'valibot';
import { HIGHEST_PORT, LOWEST_PORT } from '../base/port-number.ts';
import { StyxyError } from '../base/styxy-error.ts';
import { NAME } from '../domain/service-name.ts';
import { FIRST_UNPRIVILEGED_PORT } from '../domain/port.ts';
import type { AllocateBody, AttachBody } from './allocation.ts';
import { LONGEST_TTL_MS } from './coordinator.ts';
import type { ProjectPortsBody, ServiceTypeDefinition } from './project.ts';
import type { AutoAllocationBody } from './auto-allocation.ts';
import type { HeartbeatBody, RegisterBody } from './instance.ts';

/** Schemas of what clients send. Only the daemon loads them. */

const name = v.pipe(v.string(), v.regex(NAME, 'expected a name: letters, digits, ".", "_", "-", at most 64'));
const port = v.pipe(v.number(), v.integer(), v.minValue(LOWEST_PORT), v.maxValue(HIGHEST_PORT));
const pid = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 31 - 1));
/** No control characters: these texts end up on terminals and in logs. */
const text = (longest: number) =>
  v.pipe(
    v.string(),
    v.maxLength(longest),
    v.regex(/^[^\u0000-\u001f\u007f]*$/, 'expected text without control characters'),
  );
const shareId = v.pipe(v.string(), v.regex(/^[0-9A-Za-z-]{4,64}$/, 'expected a share id'));

const ownPort = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(FIRST_UNPRIVILEGED_PORT),
  v.maxValue(HIGHEST_PORT),
);
const typeDefinition = v.object({
  port_range: v.optional(
    v.pipe(
      v.tuple([ownPort, ownPort]),
      v.check(([first, last]) => first <= last, 'expected the lower port first'),
    ),
  ),
  preferred_ports: v.optional(v.pipe(v.array(ownPort), v.maxLength(1000))),
  instance_behavior: v.optional(v.picklist(['multi', 'single'])),
  singleton_scope: v.optional(v.picklist(['machine', 'project'])),
  description: v.optional(text(1024)),
});

const plannedService = v.object({
  service_name: name,
  service_type: name,
  service_type_default: v.optional(v.boolean()),
  service_type_definition: v.optional(typeDefinition),
  preferred_port: v.optional(port),
});

const projectPortsBody = v.object({
  project_path: v.pipe(text(4096), v.minLength(1)),
  instance_id: v.optional(name),
  services: v.pipe(v.array(plannedService), v.maxLength(200)),
});

const allocateBody = v.object({
  service_type: name,
  service_type_default: v.optional(v.boolean()),
  service_name: v.optional(name),
  preferred_port: v.optional(port),
  port: v.optional(port),
  project_path: v.optional(text(4096)),
  branch: v.optional(text(256)),
  instance_id: v.optional(name),
  process_id: v.optional(pid),
  ttl_ms: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LONGEST_TTL_MS))),
  hold: v.optional(v.boolean()),
  request_id: v.optional(v.pipe(text(128), v.minLength(1))),
  lock_id: v.optional(v.pipe(v.string(), v.regex(/^[0-9A-Za-z-]{8,64}$/, 'expected a lock id'))),
  share_id: v.optional(shareId),
  serves: v.optional(v.boolean()),
  session: v.optional(v.object({ process_id: pid, asked_by: pid })),
  command: v.optional(text(4096)),
  avoid: v.optional(v.pipe(v.array(port), v.maxLength(64))),
  force: v.optional(v.boolean()),
  if_running: v.optional(v.picklist(['new', 'reuse', 'fail'])),
  service_type_definition: v.optional(typeDefinition),
});

const attachBody = v.object({
  process_id: v.optional(pid),
  adopt: v.optional(v.boolean()),
  share_id: v.optional(shareId),
});

const MOST_METADATA = 32;
/** Names that the paths of the API need for themselves. */
const PATHS = ['register', 'list', 'heartbeat'];
const registerBody = v.object({
  instance_id: v.pipe(
    name,
    v.check((id) => !PATHS.includes(id), `expected another name than ${PATHS.join(', ')}`),
  ),
  working_directory: v.optional(text(4096)),
  process_id: v.optional(pid),
  metadata: v.optional(
    v.pipe(
      v.record(name, v.union([text(1024), v.number(), v.boolean()])),
      v.check(
        (facts) => Object.keys(facts).length <= MOST_METADATA,
        `expected at most ${MOST_METADATA} facts`,
      ),
    ),
  ),
});

const autoAllocationBody = v.object({ enabled: v.boolean() });
const heartbeatBody = v.object({ instance_id: name });

/** By the names of their types. */
export const BODIES = {
  AllocateBody: allocateBody,
  AttachBody: attachBody,
  ProjectPortsBody: projectPortsBody,
};

export const parseAllocateBody = (body: unknown): AllocateBody => parse(allocateBody, body);
export const parseAttachBody = (body: unknown): AttachBody => parse(attachBody, body);
export const parseRegisterBody = (body: unknown): RegisterBody => parse(registerBody, body);
export const parseHeartbeatBody = (body: unknown): HeartbeatBody => parse(heartbeatBody, body);
export const parseAutoAllocationBody = (body: unknown): AutoAllocationBody => parse(autoAllocationBody, body);

export const parseProjectPortsBody = (body: unknown): ProjectPortsBody => parse(projectPortsBody, body);
export const parseTypeDefinition = (value: unknown): ServiceTypeDefinition => parse(typeDefinition, value);

/** @throws StyxyError INVALID_REQUEST (INVALID_PORT, INVALID_NAME where that says more), naming the field and the value. */
function parse<Schema extends v.GenericSchema>(schema: Schema, body: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, body, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = v.getDotPath(issue) ?? 'the body';
  const received = show(issue.input);
  const isPortField = field === 'port' || field === 'preferred_port';
  const code = isPortField
    ? 'INVALID_PORT'
    : issue.input !== undefined && isNameField(field)
      ? 'INVALID_NAME'
      : 'INVALID_REQUEST';
  throw new StyxyError(code, `${field}: ${issue.message}`, { why: `it was ${received}`, details: { field } });
}

const isNameField = (field: string): boolean =>
  field === 'service_name' || field === 'service_type' || field === 'instance_id';

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  const json = JSON.stringify(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
