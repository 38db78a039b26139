import * as v from 'valibot';
import { restartQuery } from '../requests/allocate.ts';
import { about, port } from '../requests/fields.ts';
import { allocation, allocationFields } from './allocation.ts';
import { nullableText, range, success } from './fields.ts';
import { listener } from './listener.ts';

export const allocateAnswer = v.object({
  ...allocationFields,
  success,
  existing: v.exactOptional(about(v.boolean(), 'the lease was there before this request')),
  shared: v.exactOptional(
    about(
      v.boolean(),
      'it is kept alive by somebody else: this request holds nothing, and a held response ends with this line',
    ),
  ),
  inside: v.exactOptional(about(v.boolean(), 'it is the lease of the run around the asker, which keeps it')),
  auto_allocated: v.exactOptional(
    about(v.boolean(), 'the service type was unknown and has got a range of its own by this request'),
  ),
  range: v.exactOptional(range),
  share_id: v.exactOptional(
    about(
      v.string(),
      "the asker's part in a shared lease: give it with a release, so that nobody else's part is ended",
    ),
  ),
});
export type AllocateAnswer = v.InferOutput<typeof allocateAnswer>;

export const releaseAnswer = about(
  v.object({ ...allocationFields, success }),
  'a lease after a change, or at its end',
);

const along = about(
  v.array(v.object({ lock_id: v.string(), port, service_name: nullableText })),
  'the other leases of the same run: an order is to the whole run, so what runs with them ends as well',
);

export const restartAnswer = about(
  v.object({ ...allocationFields, success, along }),
  'a lease whose run was told to start its command again',
);
export type RestartAnswer = v.InferOutput<typeof restartAnswer>;

export const stopAnswer = about(
  v.object({
    ...allocationFields,
    success,
    only_released: about(
      v.boolean(),
      'the lease was ended and no process: none is known that was started for it',
    ),
    along,
  }),
  'a lease whose program has ended',
);
export type StopAnswer = v.InferOutput<typeof stopAnswer>;

export const leaseEnded = v.object({ event: v.literal('ended'), reason: v.string() });

export const leaseBound = about(
  v.object({ event: v.literal('bound'), port }),
  'the program listens on its port; said again when it has come back from another one',
);

export const leaseDrifted = about(
  v.object({ event: v.literal('drifted'), port, actual_ports: v.array(port) }),
  'the program listens on `actual_ports`, and has not come to `port` for a while',
);

export const leaseTakenOver = about(
  v.object({ event: v.literal('taken_over'), service_name: nullableText, service_type: v.string() }),
  'a run inside the command uses the lease, whose service is called so from now on',
);

export const innerServes = about(
  v.object({ event: v.literal('inner_serves'), allocation }),
  'a run inside the command has a lease of its own, and its program listens',
);

export const leaseOutsider = about(
  v.object({ event: v.literal('outsider'), port, listener }),
  'a program outside Styxy listens on the port as well',
);

export const leaseEnding = about(
  v.object({ event: v.literal('ending'), by: v.string(), alone: v.boolean() }),
  'what was started with the port is about to be ended by somebody else: all of it, or the program of this lease `alone`',
);

export const stopOrder = about(
  v.object({ event: v.literal('stop') }),
  'to an asker that takes orders: end what was started with the port',
);

export const restartOrder = about(
  v.object({ event: v.literal('restart'), ...restartQuery.entries }),
  'to an asker that takes orders: end what was started with the port, and start it again; with `preferred_port` under ' +
    'a new lease, of that port if it can be had',
);

export const holdEvent = v.variant('event', [
  leaseEnded,
  leaseBound,
  leaseDrifted,
  leaseTakenOver,
  innerServes,
  leaseOutsider,
  leaseEnding,
  stopOrder,
  restartOrder,
]);
export type HoldEvent = v.InferOutput<typeof holdEvent>;

export const holdLine = about(
  v.union([allocateAnswer, holdEvent]),
  'a line of a held response: the first one is the lease, later ones are events of this lease',
);
