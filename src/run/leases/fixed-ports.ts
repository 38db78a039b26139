import { StyxyError } from '../../base/styxy-error.ts';
import type { RunPlan } from '../plan/plan.ts';
import type { RunLease } from './obtain.ts';

/** Codes of reasons that mean: somebody has the port that comes first. */
const TAKEN = new Set(['used', 'leased', 'failed']);

type Ports = Pick<RunLease, 'ports'> & { allocations: readonly Pick<RunLease['allocation'], 'reason'>[] };

/** Why the command need not be started: a program of it can listen on one port only, and others have that. */
export function fixedPortTaken(
  { fixed, ports: requests }: Pick<RunPlan, 'fixed' | 'ports'>,
  { ports, allocations }: Ports,
): StyxyError | undefined {
  const index = fixed.findIndex((each, at) => {
    const { reason } = allocations[at] ?? {};
    // An option or the configuration names another port, which is of no use to the program but may be meant.
    const isAsked = each !== undefined && requests[at]?.preferred_port === each.port;
    return isAsked && ports[at]?.port !== each.port && (!reason || TAKEN.has(reason.code));
  });
  const found = fixed[index];
  if (found === undefined) return undefined;
  const { reason } = allocations[index] ?? {};
  return new StyxyError(
    'PORT_TAKEN',
    `port ${found.port} is taken, and ${ports[index]!.name} can have no other`,
    {
      why: [reason?.text, found.because].filter(Boolean).join('; '),
      hint: `let it read PORT; or styxy run --remap, for a program of Node; or free the port (styxy whose ${found.port})`,
      details: { port: found.port },
    },
  );
}
