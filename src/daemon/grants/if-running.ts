import { StyxyError } from '../../base/styxy-error.ts';
import type { Lease } from '../../domain/lease.ts';
import type { LeaseTable } from '../../domain/lease-table.ts';
import type { LeaseRequest } from '../../domain/request.ts';
import type { AllocateBody } from '../../protocol/allocation.ts';
import type { ProcessIdentity } from '../../system/process/identity.ts';
import { sleep } from '../../system/sleep.ts';

interface RunningParts {
  readonly sources: { readonly leases: LeaseTable };
  readonly isPortFree: (port: number) => Promise<boolean>;
  readonly processes: { isAlive(process: ProcessIdentity): boolean };
}

/** How long the lease of a dead holder may take to end, or to pass to what the holder left running. ms */
const SETTLE_MS = 5000;
const LOOK_EVERY_MS = 25;

/** Answers `if_running` of a request: does the same service of the same project run already? */
export interface RunningServices {
  /** Waits, at most 5 s, while the service that was found has a holder that is dead already. */
  settle(body: AllocateBody, request: LeaseRequest): Promise<void>;
  /**
   * To be asked in the queue of all requests, so that of two who ask for the same service only one starts it.
   * @returns the lease to share; undefined when a new one is to be made
   * @throws StyxyError SERVICE_RUNNING
   */
  find(body: AllocateBody, request: LeaseRequest): Promise<Lease | undefined>;
}

export function createRunningServices({ sources, isPortFree, processes }: RunningParts): RunningServices {
  async function running(body: AllocateBody, request: LeaseRequest): Promise<Lease | undefined> {
    const { project, name, type } = request;
    if (!isAsked(body) || project === undefined || name === undefined) return undefined;
    for (const lease of sources.leases.all()) {
      if (lease.project !== project || lease.name !== name) continue;
      if (lease.type !== type && !body.service_type_default) continue;
      // A port that was only put aside runs nothing, unless somebody listens there.
      if (lease.holder.kind !== 'ttl' || !(await isPortFree(lease.port))) return lease;
    }
    return undefined;
  }

  function isHolderDead({ holder }: Lease): boolean {
    if (!('pid' in holder) || holder.pid === undefined || holder.startTime === undefined) return false;
    return !processes.isAlive({ pid: holder.pid, startTime: holder.startTime });
  }

  return {
    async settle(body, request) {
      if (!isAsked(body)) return;
      for (let waited = 0; waited < SETTLE_MS; waited += LOOK_EVERY_MS) {
        const lease = await running(body, request);
        if (!lease || !isHolderDead(lease)) return;
        await sleep(LOOK_EVERY_MS);
      }
    },

    async find(body, request) {
      const lease = await running(body, request);
      if (lease && body.if_running === 'fail') throw serviceRunning(lease);
      return lease;
    },
  };
}

const isAsked = ({ if_running: wish }: AllocateBody): boolean => wish === 'reuse' || wish === 'fail';

function serviceRunning({ id, name, port, project, holder, service, command }: Lease): StyxyError {
  const pid = service?.pid ?? ('pid' in holder ? holder.pid : undefined);
  const who = `${pid === undefined ? 'its lease' : `process ${pid}`}${command ? ` (${command})` : ''}`;
  return new StyxyError('SERVICE_RUNNING', `"${name}" runs already, on port ${port}`, {
    why: `${who} in ${project}`,
    hint: `styxy url ${name} prints its address; --if-running replace ends it first`,
    details: { port, lock_id: id, pid: pid ?? null },
  });
}
