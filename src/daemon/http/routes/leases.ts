import { parsePort } from '../../../base/port-number.ts';
import { StyxyError } from '../../../base/styxy-error.ts';
import { requireName } from '../../../domain/service-name.ts';
import { parseAllocateBody, parseAttachBody, parseTypeDefinition } from '../../../protocol/bodies.ts';
import { MOST_SUGGESTIONS, type SuggestQuery } from '../../../protocol/coordinator.ts';
import type { Engine } from '../../engine.ts';
import type { Handler } from '../exchange.ts';
import { holdOpen, holdNothing } from '../hold-stream.ts';
import { readJsonObject } from '../read-json.ts';
import { wholeNumberIn } from '../read-query.ts';

/** Routes about leases and ports. */
export function leaseRoutes(engine: Engine) {
  return {
    async allocate({ request, response }) {
      const body = parseAllocateBody(await readJsonObject(request));
      const answer = await engine.allocate(body);
      if (!body.hold) return answer;
      return answer.shared ? holdNothing(response, answer) : holdOpen(response, answer, engine);
    },
    release: async ({ params, query }) => ({
      success: true,
      ...(await engine.release(lockId(params), {
        share_id: query.get('share_id') ?? undefined,
        instance_id: query.get('instance_id') ?? undefined,
        all: query.get('all') === 'true',
      })),
    }),
    async attach({ request, params }) {
      const body = parseAttachBody(await readJsonObject(request));
      return { success: true, ...(await engine.attach(lockId(params), body)) };
    },
    list: ({ query }) =>
      engine.list({ type: query.get('type') ?? undefined, project: query.get('project') ?? undefined }),
    check: ({ params }) => engine.check(parsePort(params.port ?? '', 'GET /check/{port}')),
    suggest: ({ params, query }) =>
      engine.suggest(requireName(params.serviceType ?? '', 'service type'), suggestQuery(query)),
    status: () => engine.status(),
    cleanup: () => engine.cleanup(),
  } satisfies Record<string, Handler>;
}

function lockId({ lockId: id = '' }: Record<string, string>): string {
  if (/^[0-9a-z-]{1,64}$/i.test(id)) return id;
  throw new StyxyError('LEASE_NOT_FOUND', 'there is no such lease', {
    why: 'this is not the form of a lock id',
  });
}

/** One parameter for all of it, in JSON. @throws StyxyError INVALID_REQUEST */
function typeDefinition(text: string | null): SuggestQuery['service_type_definition'] {
  if (text === null) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StyxyError('INVALID_REQUEST', 'service_type_definition is not JSON', { cause });
  }
  return parseTypeDefinition(value);
}

function suggestQuery(query: URLSearchParams): SuggestQuery {
  const preferred = query.get('preferred_port');
  return {
    count: wholeNumberIn(query, 'count', [1, MOST_SUGGESTIONS]),
    preferred_port: preferred === null ? undefined : parsePort(preferred, 'preferred_port'),
    project_path: query.get('project_path') ?? undefined,
    instance_id: query.get('instance_id') ?? undefined,
    service_name: query.get('service_name') ?? undefined,
    service_type_default: query.get('service_type_default') === 'true',
    service_type_definition: typeDefinition(query.get('service_type_definition')),
    force: query.get('force') === 'true',
  };
}
