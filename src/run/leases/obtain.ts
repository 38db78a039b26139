import type { ErrorCode } from '../../base/error-codes.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import type { Connection } from '../../client/connection.ts';
import { holdLease, type MoveEvent } from '../../client/held-lease.ts';
import type { AllocateAnswer, AllocateBody } from '../../protocol/allocation.ts';
import { builtInTypeFor } from '../../settings/service-types.ts';

/** A port to run with, leased if a daemon could be had. */
export interface RunLease {
  readonly allocation: Pick<AllocateAnswer, 'port' | 'url'> & Partial<AllocateAnswer>;
  /** With `--ports`: all of them by name, the first one among them. */
  readonly ports?: ReadonlyMap<string, number>;
  /** Why nothing guards this port. */
  readonly unguarded: StyxyError | undefined;
  onLost(listener: (reason: string) => void): void;
  onMoved(listener: (event: MoveEvent) => void): void;
  attach(pid: number): void;
  leave(): Promise<void>;
  release(): Promise<void>;
}

/** Failures of the coordinator itself. A command must not fail for them; refusals of the request are the user's. */
const NO_COORDINATOR: ReadonlySet<ErrorCode> = new Set([
  ...(['DAEMON_UNREACHABLE', 'DAEMON_STOPPING', 'DAEMON_OUTDATED', 'PROTOCOL_MISMATCH'] as const),
  ...(['STATE_UNWRITABLE', 'FORBIDDEN', 'INTERNAL'] as const),
]);

/** A lease from the coordinator; when there is none to be had, a port that is free at this moment. */
export async function obtainPort(connection: Connection, request: AllocateBody): Promise<RunLease> {
  try {
    return { ...(await holdLease(connection, request)), unguarded: undefined };
  } catch (error) {
    if (!(error instanceof StyxyError) || !NO_COORDINATOR.has(error.code)) throw error;
    return unguardedPort(request, error);
  }
}

/** Somebody else runs with this lease. One that was only put aside, where nothing listens, is there to be used. */
export function isOthers(lease: RunLease): lease is RunLease & { allocation: AllocateAnswer } {
  const { existing, shared, share_id, holder, listeners = [] } = lease.allocation;
  if (!existing) return false;
  if (shared === true || listeners.length > 0) return true;
  // We have got a share because nobody serves; a process that holds the lease without a wrapper may be about to.
  return share_id === undefined ? holder?.kind !== 'ttl' : holder?.kind === 'process';
}

async function unguardedPort(request: AllocateBody, reason: StyxyError): Promise<RunLease> {
  const wish = request.port ?? request.preferred_port;
  const { range, preferred } = builtInTypeFor(
    request.service_type,
    request.service_type_default ? wish : undefined,
    request.service_type_definition,
  );
  const { findFreePort } = await import('../../client/free-port.ts');
  const wishes = request.port === undefined ? [wish, ...preferred] : [wish];
  const port = await findFreePort(range, wishes, request.avoid);
  if (port === undefined || (request.port !== undefined && port !== request.port)) {
    throw request.port === undefined
      ? new StyxyError('RANGE_FULL', `no port from ${range.join(' to ')} is free`)
      : new StyxyError('PORT_TAKEN', `port ${request.port} is taken`);
  }
  const nothing = async (): Promise<void> => undefined;
  return {
    allocation: {
      port,
      url: `http://localhost:${port}`,
    },
    unguarded: reason,
    onLost: () => undefined,
    onMoved: () => undefined,
    attach: () => undefined,
    leave: nothing,
    release: nothing,
  };
}
