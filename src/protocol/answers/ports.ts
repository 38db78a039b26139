import * as v from 'valibot';
import { about, port } from '../requests/fields.ts';
import { allocation, reason } from './allocation.ts';
import { count, nullableText, range, time } from './fields.ts';
import { externalListener, listener } from './listener.ts';
import { rememberedService } from './remembered.ts';

export const listAnswer = v.object({
  allocations: v.array(allocation),
  external: v.array(externalListener),
});
export type ListAnswer = v.InferOutput<typeof listAnswer>;

export const checkAnswer = v.object({
  port,
  available: v.boolean(),
  allocation: v.nullable(allocation),
  listener: v.nullable(listener),
  reason: v.string(),
  kept_for: v.exactOptional(
    about(
      rememberedService,
      'of a free port: others get it only if they ask for it by its number, or no other is left',
    ),
  ),
});
export type CheckAnswer = v.InferOutput<typeof checkAnswer>;

export const suggestAnswer = v.object({
  service_type: v.string(),
  service_name: about(v.exactOptional(v.string()), 'the name that the service has, or would get'),
  suggestions: v.array(port),
  reason: v.exactOptional(about(reason, 'why the first one')),
  auto_allocated: v.exactOptional(
    about(v.boolean(), 'the service type is unknown; it would get a range of its own, in which these lie'),
  ),
  range: v.exactOptional(range),
});
export type SuggestAnswer = v.InferOutput<typeof suggestAnswer>;

const provenanceFields = {
  project_path: nullableText,
  branch: nullableText,
  instance_id: nullableText,
  command: nullableText,
  since: about(v.nullable(time), 'of the lease, else the start of the process'),
};

const provenance = v.object(provenanceFields);

/** Where the holder of a port comes from. */
export type Provenance = v.InferOutput<typeof provenance>;

export const portState = about(
  v.picklist(['leased', 'drifted', 'additional', 'external', 'unmanaged', 'reserved']),
  'leased: it has a lease. drifted: a program listens there that has a lease on another port. additional: it listens ' +
    'there as well as on its lease, or has been started for none. external: a listener that no lease explains, on a ' +
    "managed port or on one that a known tool takes by itself. unmanaged: the same on any other port. reserved: the Styxy daemon's own.",
);
export type PortState = v.InferOutput<typeof portState>;

export const scannedPort = about(
  v.object({
    port,
    state: portState,
    service_type: nullableText,
    allocation: v.nullable(allocation),
    listeners: v.array(listener),
    ...provenanceFields,
  }),
  'a port with a lease or a listener',
);
export type ScannedPort = v.InferOutput<typeof scannedPort>;

export const scanAnswer = about(
  v.object({ from: port, to: port, ports: v.array(scannedPort), took_ms: count }),
  'ports that are not named have neither a lease nor a listener',
);
export type ScanAnswer = v.InferOutput<typeof scanAnswer>;
