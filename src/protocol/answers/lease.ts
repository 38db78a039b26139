import * as v from 'valibot';
import { about, port } from '../requests/fields.ts';
import { allocationFields } from './allocation.ts';
import { range, success } from './fields.ts';

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

export const leaseEnded = v.object({ event: v.literal('ended'), reason: v.string() });

export const leaseBound = about(
  v.object({ event: v.literal('bound'), port }),
  'said only after `drifted`: the program has come to its port',
);

export const leaseDrifted = about(
  v.object({ event: v.literal('drifted'), port, actual_ports: v.array(port) }),
  'the program listens on `actual_ports`, and has not come to `port` for a while',
);

export const holdEvent = v.variant('event', [leaseEnded, leaseBound, leaseDrifted]);
export type HoldEvent = v.InferOutput<typeof holdEvent>;

export const holdLine = about(
  v.union([allocateAnswer, holdEvent]),
  'a line of a held response: the first one is the lease, later ones are events of this lease',
);
