import type { Api } from '../live/api.ts';
import type { StopAnswer } from '../../protocol/answers/lease.ts';
import type { Row } from '../../overview/services.ts';

/** What can be done to a service. */
export type Order = 'stop' | 'restart' | 'release';

interface OrderWords {
  /** On the button, in front of the name. */
  readonly verb: string;
  /** Told when it was done. */
  readonly done: string;
  readonly warning: string;
}

export const ORDERS: Readonly<Record<Order, OrderWords>> = {
  stop: {
    verb: 'Stop',
    done: 'stopped',
    warning: 'The program gets SIGTERM, then time to end, and its port is free again.',
  },
  restart: {
    verb: 'Restart',
    done: 'is starting again',
    warning:
      'Its run ends the program and starts it again on the same port. Whatever is connected is cut off.',
  },
  release: {
    verb: 'Release',
    done: 'released',
    warning: 'Only the lease ends: a program that runs goes on, and its port is no longer kept for it.',
  },
};

/** @returns what has come of it, in words */
export async function carryOut(api: Api, order: Order, { lockId = '', name, port }: Row): Promise<string> {
  const path = `/allocate/${encodeURIComponent(lockId)}`;
  const { done } = ORDERS[order];
  if (order === 'release') await api.send('DELETE', `${path}?all=true`);
  if (order === 'restart') await api.send('POST', `${path}/restart`);
  const isLeaseOnly = order === 'stop' && (await api.send<StopAnswer>('POST', `${path}/stop`)).only_released;
  return `${name} (port ${port}) ${isLeaseOnly ? 'released: no process is known that was started for it' : done}`;
}
