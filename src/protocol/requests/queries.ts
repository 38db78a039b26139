import * as v from 'valibot';
import { MOST_SUGGESTIONS } from '../limits.ts';
import { about, flag, name, port, projectPath, text, wholeNumber } from './fields.ts';
import { serviceIdentity } from './identity.ts';
import { serviceTypeDefinition, defaultTypeFields, wishFields } from './project.ts';

const MOST_AUDIT_ENTRIES = 10_000;

export const auditQuery = v.object({
  action: v.optional(about(text(64), 'only this kind of event')),
  type: v.optional(about(name, 'only this service type')),
  since: v.optional(about(text(64), 'not older than `30s`, `10m`, `1h`, `7d`, or than a time (ISO 8601)')),
  until: v.optional(about(text(64), 'not younger than that: the same, or `2h` for two hours ago')),
  limit: v.optional(about(wholeNumber(0, MOST_AUDIT_ENTRIES), 'how many of the latest; 100 by default')),
  format: v.optional(
    v.pipe(
      v.picklist(['json', 'lines'], 'expected "json" (the default) or "lines"'),
      v.description(
        '`lines`: every entry that fits, whatever `limit` says, oldest first, one JSON document a line',
      ),
    ),
  ),
});
export type AuditQuery = v.InferOutput<typeof auditQuery>;

export const statusQuery = v.object({
  ranges: v.optional(about(flag, 'also say how full the range of each service type is')),
});
export type StatusQuery = v.InferOutput<typeof statusQuery>;

export const metricsQuery = v.object({
  format: v.optional(v.picklist(['text', 'json'], 'expected "text" (for Prometheus; the default) or "json"')),
});

/** The questions about ports that change nothing. */

export const listQuery = v.object({
  type: v.optional(about(name, 'only this service type')),
  project: v.optional(about(projectPath, 'only this worktree, by its path')),
});
export type ListQuery = v.InferOutput<typeof listQuery>;

export const forgetQuery = v.object({
  project: v.optional(about(projectPath, 'what its services have, by the path of the worktree')),
  service_name: v.optional(about(name, 'only this service of the project')),
  all: v.optional(about(flag, 'everything')),
});
export type ForgetQuery = v.InferOutput<typeof forgetQuery>;

const MOST_LOG_LINES = 5000;
/** A log begins anew long before. */
const LONGEST_LOG = 2 ** 40;

export const logQuery = v.object({
  from: v.optional(about(wholeNumber(0, LONGEST_LOG), 'go on there: the `next` of the answer before')),
  lines: v.optional(about(wholeNumber(0, MOST_LOG_LINES), 'how many of the last lines; 500 by default')),
});
export type LogQuery = v.InferOutput<typeof logQuery>;

/** Who asks: with these, the first suggestion is the port that `allocate` would give now, though it may be in use. */
export const suggestQuery = v.object({
  count: v.optional(about(wholeNumber(1, MOST_SUGGESTIONS), 'how many; 1 by default')),
  port: v.optional(about(port, 'exactly this one, or a refusal')),
  ...wishFields,
  project_path: v.optional(about(projectPath, 'with `service_name`: the port it would get again')),
  service_name: v.optional(about(name, 'one program of the project')),
  ...serviceIdentity,
  ...defaultTypeFields,
  instance_id: v.optional(about(name, 'one named like a template has a preferred port of its own')),
  force: v.optional(about(flag, 'the type is new, however much its name looks like a typo')),
  service_type_definition: v.optional(serviceTypeDefinition),
});
export type SuggestQuery = v.InferOutput<typeof suggestQuery>;

export const scanQuery = v.object({
  from: v.optional(about(port, 'first port; 1 by default')),
  to: v.optional(about(port, 'last port; 65535 by default')),
});
export type ScanQuery = v.InferOutput<typeof scanQuery>;
