import type { CheckAnswer } from '../../protocol/answers/ports.ts';

/** A program may open a port on its way to its own. */
const DRIFT_MS = 5000;

export type Verdict = { is: 'ours' } | { is: 'not yet' } | { is: 'wrong'; why: string };

/** Whether the server on a port is the one that was started under a lease; not whether something answers. */
export function judgeServer(
  { port, allocation, listener }: CheckAnswer,
  lockId: string,
  driftedForMs: number,
): Verdict {
  if (allocation?.lock_id !== lockId) {
    const owner = allocation
      ? `it belongs to ${allocation.service_name ?? allocation.service_type} in ${allocation.project_path ?? '?'}`
      : `the lease has ended${listener ? `, and ${nameOf(listener)} listens there` : ''}`;
    return wrong(`port ${port} is not ours any more: ${owner}`);
  }
  const [outsider] = allocation.outsiders ?? [];
  if (outsider) {
    return wrong(
      `${nameOf(outsider)} listens on port ${port} (${outsider.address}), and this run did not start it`,
    );
  }
  if (allocation.state === 'bound') return { is: 'ours' };
  if (allocation.state === 'drifted' && driftedForMs > DRIFT_MS) {
    const ports = allocation.actual_ports.join(' and ');
    return wrong(`the server listens on ${ports}, and not on ${port}, which it was given`);
  }
  return { is: 'not yet' };
}

const wrong = (why: string): Verdict => ({ is: 'wrong', why });

const nameOf = ({ pid, command, cwd }: NonNullable<CheckAnswer['listener']>): string =>
  pid === null
    ? "another user's program"
    : `${command ?? 'a program'} (pid ${pid}${cwd === null ? '' : `, in ${cwd}`})`;
