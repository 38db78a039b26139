import { toJsonSchemaDefs, type ConversionConfig } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import * as allocation from '../answers/allocation.ts';
import * as audit from '../answers/audit.ts';
import * as config from '../answers/config.ts';
import { errorBody } from '../answers/error.ts';
import * as events from '../answers/events.ts';
import * as instance from '../answers/instance.ts';
import * as lease from '../answers/lease.ts';
import * as listener from '../answers/listener.ts';
import { metricsAnswer } from '../answers/metrics.ts';
import * as ports from '../answers/ports.ts';
import * as project from '../answers/project.ts';
import * as remembered from '../answers/remembered.ts';
import * as status from '../answers/status.ts';
import * as allocate from '../requests/allocate.ts';
import * as session from '../requests/instance.ts';
import * as planned from '../requests/project.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schemas that have a name of their own in the OpenAPI document. */
const NAMED: Readonly<Record<string, v.GenericSchema>> = {
  AllocateAnswer: lease.allocateAnswer,
  AllocateBody: allocate.allocateBody,
  Allocation: allocation.allocation,
  AttachBody: allocate.attachBody,
  AuditAnswer: audit.auditAnswer,
  AuditEntry: audit.auditEntry,
  AutoAllocatedType: config.autoAllocatedType,
  AutoAllocationAnswer: config.autoAllocationAnswer,
  AutoAllocationBody: allocate.autoAllocationBody,
  AutoAllocationRule: config.autoAllocationRule,
  AutoAllocationSwitched: config.autoAllocationSwitched,
  AutoAllocationUndone: config.autoAllocationUndone,
  CheckAnswer: ports.checkAnswer,
  CleanupAnswer: status.cleanupAnswer,
  ConfigAnswer: config.configAnswer,
  Container: listener.container,
  DoctorAnswer: status.doctorAnswer,
  LogAnswer: status.logAnswer,
  UsageAnswer: status.usageAnswer,
  DaemonEvent: events.daemonEvent,
  ErrorBody: errorBody,
  EventName: events.eventName,
  ExternalListener: listener.externalListener,
  ForgetAnswer: remembered.forgetAnswer,
  HeartbeatBody: session.heartbeatBody,
  HelloEvent: events.helloEvent,
  HoldEvent: lease.holdEvent,
  HoldLine: lease.holdLine,
  Holder: allocation.holder,
  InnerServes: lease.innerServes,
  InstanceAllocation: instance.instanceAllocation,
  InstanceAnswer: instance.instanceAnswer,
  InstanceListAnswer: instance.instanceListAnswer,
  InstanceMetadata: session.instanceMetadata,
  InstanceRecord: instance.instanceRecord,
  LeaseBound: lease.leaseBound,
  LeaseDrifted: lease.leaseDrifted,
  LeaseEnded: lease.leaseEnded,
  LeaseEnding: lease.leaseEnding,
  LeaseTakenOver: lease.leaseTakenOver,
  LeaseOutsider: lease.leaseOutsider,
  RestartAnswer: lease.restartAnswer,
  RestartOrder: lease.restartOrder,
  StopAnswer: lease.stopAnswer,
  StopOrder: lease.stopOrder,
  LeaseState: allocation.leaseState,
  ListAnswer: ports.listAnswer,
  Listener: listener.listener,
  MetricsAnswer: metricsAnswer,
  Origin: config.origin,
  PlannedService: planned.plannedService,
  PortState: ports.portState,
  ProjectPort: project.projectPort,
  ProjectPortsAnswer: project.projectPortsAnswer,
  ProjectPortsBody: planned.projectPortsBody,
  RangeUse: status.rangeUse,
  RecoveryAnswer: status.recoveryAnswer,
  RecoveryReport: status.recoveryReport,
  RegisterBody: session.registerBody,
  RememberedAnswer: remembered.rememberedAnswer,
  RememberedService: remembered.rememberedService,
  ReleaseAnswer: lease.releaseAnswer,
  ScanAnswer: ports.scanAnswer,
  ScannedPort: ports.scannedPort,
  ServiceTypeDefinition: planned.serviceTypeDefinition,
  SessionClaim: allocate.sessionClaim,
  Sharer: allocation.sharer,
  StatusAnswer: status.statusAnswer,
  StreamedEvent: events.streamedEvent,
  SuggestAnswer: ports.suggestAnswer,
};

const refTo = (name: string): string => `#/components/schemas/${name}`;

/** `ignoreActions`: what `check` asks for beside the published limits is said in descriptions. */
const CONVERSION: ConversionConfig = {
  target: 'draft-2020-12',
  ignoreActions: ['check', 'transform'],
  overrideRef: ({ referenceId }) => refTo(referenceId),
  overrideSchema: (conversion) => withDiscriminator(conversion) ?? asLoose(conversion),
};

/** `components.schemas` of the document. */
export function namedSchemas(): Record<string, JsonSchema> {
  return toJsonSchemaDefs(NAMED, CONVERSION) as Record<string, JsonSchema>;
}

/** A reference to a named schema; any other schema itself. */
export function jsonSchemaOf(schema: v.GenericSchema): JsonSchema {
  // The converter writes references only to definitions that it converts at the same time.
  const { '': converted } = toJsonSchemaDefs({ ...NAMED, '': { ...schema } }, CONVERSION);
  const name = Object.keys(NAMED).find((each) => NAMED[each] === schema);
  return name === undefined ? (converted as JsonSchema) : { $ref: refTo(name) };
}

type Conversion = Parameters<NonNullable<ConversionConfig['overrideSchema']>>[0];

/** Objects may get fields in later versions; of these, some have further fields today. */
function asLoose({ valibotSchema, jsonSchema }: Conversion) {
  return valibotSchema.type === 'loose_object' ? { ...jsonSchema, additionalProperties: true } : undefined;
}

/** Which alternative a value is, by the field that tells. */
function withDiscriminator({ valibotSchema, jsonSchema, referenceMap }: Conversion) {
  if (valibotSchema.type !== 'variant') return undefined;
  const { key, options } = valibotSchema as unknown as v.VariantSchema<
    string,
    v.VariantOptions<string>,
    undefined
  >;
  const mapping = options.flatMap((option) => {
    const name = referenceMap.get(option);
    if (name === undefined) throw new Error(`an alternative of "${key}" has no name in the document`);
    return valuesOf((option as unknown as v.ObjectSchema<v.ObjectEntries, undefined>).entries[key]).map(
      (value) => [value, refTo(name)],
    );
  });
  return { ...jsonSchema, discriminator: { propertyName: key, mapping: Object.fromEntries(mapping) } };
}

function valuesOf(schema: unknown): string[] {
  const { literal, options } = schema as { literal?: string; options?: string[] };
  return literal === undefined ? (options ?? []) : [literal];
}
