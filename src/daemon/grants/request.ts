import type { Clock } from '../../base/clock.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import type { Holder } from '../../domain/lease.ts';
import type { LeaseRequest } from '../../domain/request.ts';
import { typeForWish, type Catalog } from '../../domain/service-type.ts';
import { newSharing, singletonKey } from '../../domain/singleton.ts';
import type { AllocateBody } from '../../protocol/allocation.ts';
import type { UserConfig } from '../../settings/schema.ts';
import type { ProcessIdentity } from '../../system/process/identity.ts';
import { projectTypeOf } from './project-type.ts';
import { createTextPool } from './intern.ts';

const DEFAULT_TTL_MS = 600_000;

export interface RequestReaderParts {
  readonly catalog: Catalog;
  readonly settings: () => Pick<UserConfig, 'instance_templates'>;
  readonly identify: (pid: number) => ProcessIdentity | undefined;
  readonly isInstance: (id: string) => boolean;
  readonly newId: () => string;
  readonly clock: Clock;
}

export interface RequestReader {
  /** @throws StyxyError INVALID_REQUEST when the process that is to hold the lease is not running */
  read(body: AllocateBody): LeaseRequest;
  /** The living process with this pid. @throws StyxyError INVALID_REQUEST */
  requireProcess(pid: number): ProcessIdentity;
}

/** Makes a wish for a port out of what a client sent: what keeps the lease, and what the settings say about it. */
export function createRequestReader(parts: RequestReaderParts): RequestReader {
  const { catalog } = parts;
  const pooled = createTextPool();

  function holderOf(body: AllocateBody): Holder {
    if (body.hold) return { kind: 'connection', ...(body.process_id && parts.identify(body.process_id)) };
    if (body.process_id !== undefined) return { kind: 'process', ...requireProcess(body.process_id) };
    const { instance_id: id } = body;
    if (id !== undefined && body.ttl_ms === undefined && parts.isInstance(id))
      return { kind: 'instance', id };
    return { kind: 'ttl', expiresAt: parts.clock() + (body.ttl_ms ?? DEFAULT_TTL_MS) };
  }

  function requireProcess(pid: number): ProcessIdentity {
    const found = parts.identify(pid);
    if (found) return found;
    throw new StyxyError('INVALID_REQUEST', `process ${pid} is not running`, {
      why: 'a lease can only be kept by a live process',
      details: { pid },
    });
  }

  return {
    requireProcess,
    read(body) {
      const { service_type, service_name: name, project_path: project, instance_id: instance } = body;
      const wish = body.port ?? body.preferred_port;
      const isOpen = body.service_type_default && !body.service_type_definition;
      const type = isOpen ? typeForWish(catalog, service_type, wish) : service_type;
      const projectType = projectTypeOf(body, catalog);
      const key = singletonKey(projectType ?? catalog.types.get(type), name, project);
      return {
        type: pooled(type),
        name,
        project: pooled(project),
        instance,
        holder: holderOf(body),
        branch: pooled(body.branch),
        command: pooled(body.command),
        port: body.port,
        prefer: body.preferred_port,
        preferredAt: instance === undefined ? undefined : parts.settings().instance_templates[instance],
        sharing: newSharing(key, body.share_id ?? parts.newId(), body.serves),
        avoid: body.avoid ?? [],
        force: body.force ?? false,
        projectType,
        requestId: body.request_id,
        service: undefined,
      };
    },
  };
}
