import * as v from 'valibot';
import type { ErrorCode } from '../../base/error-codes.ts';
import { StyxyError } from '../../base/styxy-error.ts';

/** Where a wrong value has an error code of its own. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  port: 'INVALID_PORT',
  preferred_port: 'INVALID_PORT',
  from: 'INVALID_PORT',
  to: 'INVALID_PORT',
  service_name: 'INVALID_NAME',
  service_type: 'INVALID_NAME',
  instance_id: 'INVALID_NAME',
  serviceType: 'INVALID_NAME',
  type: 'INVALID_NAME',
  id: 'INVALID_NAME',
  lockId: 'LEASE_NOT_FOUND',
};

/** @throws StyxyError naming the first field that does not fit, and its value */
export function parse<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = v.getDotPath(issue) ?? 'the body';
  const own = codeOf(field, issue.message);
  const isMissing = issue.input === undefined;
  throw new StyxyError(
    isMissing ? 'INVALID_REQUEST' : (own ?? 'INVALID_REQUEST'),
    `${field}: ${issue.message}`,
    {
      why: `it was ${printable(issue.input)}`,
      details: { field },
    },
  );
}

/** `from` and `to` are ports in one request and a place in a log in another. */
function codeOf(field: string, message: string): ErrorCode | undefined {
  const code = Object.hasOwn(CODES, field) ? CODES[field] : undefined;
  return code === 'INVALID_PORT' && !message.startsWith('expected a port') ? undefined : code;
}

function printable(value: unknown): string {
  if (value === undefined) return 'missing';
  const json = JSON.stringify(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
