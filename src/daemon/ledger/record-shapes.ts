import { isPort } from '../../base/port-number.ts';
import type { Instance } from '../../domain/instance-table.ts';
import type { Hold, Holder, Lease } from '../../domain/lease.ts';
import type { JournalRecord } from '../../domain/records.ts';
import { upgradeLease, type OldLease } from './old-records.ts';

/*
 * A seal proves that the bytes of a record are as they were written, not that they mean something to us: another version
 * may have written them, or a person. Whatever is not of this shape must stop neither the start nor a listing.
 */

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isOptionalText = (value: unknown): boolean => value === undefined || isText(value);
/** What `Date` takes. */
const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) <= 8_640_000_000_000_000;
const isPid = (value: unknown): boolean => Number.isInteger(value) && Number(value) > 0;
const isProcess = (value: unknown): boolean =>
  isFields(value) && isPid(value.pid) && isOptionalText(value.startTime);

/** The record as this version has it; undefined when it can't be one. */
export function toRecord(value: unknown): JournalRecord | undefined {
  if (!isFields(value)) return undefined;
  switch (value.op) {
    case 'lease':
      return leaseRecord(value.lease);
    case 'end':
    case 'instance_end':
      return isText(value.id) ? { op: value.op, id: value.id } : undefined;
    case 'affinity':
      return affinityRecord(value);
    case 'forget':
      return isText(value.key) ? { op: 'forget', key: value.key } : undefined;
    case 'name':
      return isNamedService(value.service) ? (value as unknown as JournalRecord) : undefined;
    case 'host':
      return isServiceHost(value.service) ? (value as unknown as JournalRecord) : undefined;
    case 'instance':
      return isInstance(value.instance) ? { op: 'instance', instance: value.instance } : undefined;
    default:
      return undefined;
  }
}

function affinityRecord({ key, ports, at, isHere, isTold, kept }: Fields): JournalRecord | undefined {
  if (!isServiceKey(key) || !arePorts(ports)) return undefined;
  return {
    op: 'affinity',
    key,
    ports,
    at: isTime(at) ? at : undefined,
    isHere: isHere === true ? isHere : undefined,
    isTold: isTold === true ? isTold : undefined,
    kept: arePorts(kept) ? kept : undefined,
  };
}

function isServiceKey(value: unknown): value is string {
  if (!isText(value)) return false;
  try {
    const parts: unknown = JSON.parse(value);
    return Array.isArray(parts) && parts.length === 3 && parts.every(isText);
  } catch {
    return false;
  }
}

const arePorts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isPort);

/** By its form and not by the schema in the header, which may be lost. */
function leaseRecord(value: unknown): JournalRecord | undefined {
  if (!isFields(value)) return undefined;
  try {
    const lease = 'holds' in value ? value : upgradeLease(value as unknown as OldLease);
    return isLease(lease) ? { op: 'lease', lease: withoutOddities(lease) } : undefined;
  } catch {
    return undefined;
  }
}

function isLease(value: object): value is Lease {
  const { id, port, type, name, holds, allocatedAt } = value as Fields;
  const isComplete =
    isText(id) && isPort(port) && isText(type) && isOptionalText(name) && isTime(allocatedAt);
  return isComplete && Array.isArray(holds) && holds.length > 0 && holds.every(isHold);
}

/** What is not needed, and not as it should be, is left out. */
function withoutOddities(lease: Lease): Lease {
  const { service, inner, host, reason, driftedTo, orphanedAt, shared } = lease as {
    [Key in keyof Lease]: unknown;
  };
  return {
    ...lease,
    service: isProcess(service) ? lease.service : undefined,
    inner: isProcess(inner) ? lease.inner : undefined,
    host: isText(host) ? lease.host : undefined,
    reason: isFields(reason) && isText(reason.code) && isText(reason.text) ? lease.reason : undefined,
    driftedTo: Array.isArray(driftedTo) && driftedTo.every(isPort) ? lease.driftedTo : undefined,
    orphanedAt: isTime(orphanedAt) ? lease.orphanedAt : undefined,
    shared: isShared(shared) ? lease.shared : undefined,
  };
}

const isShared = (value: unknown): boolean =>
  isFields(value) &&
  isOptionalText(value.key) &&
  isOptionalText(value.servedBy) &&
  (value.leftBy === undefined || isHolder(value.leftBy));

const TEXTS_OF_HOLD = ['project', 'branch', 'instance', 'command', 'requestId'];

function isHold(value: unknown): value is Hold {
  if (!isFields(value) || !isText(value.id) || !isHolder(value.holder)) return false;
  return (
    TEXTS_OF_HOLD.every((name) => isOptionalText(value[name])) &&
    (value.origin === undefined || isOrigin(value.origin)) &&
    (value.startedBy === undefined || isProcess(value.startedBy))
  );
}

function isHolder(value: unknown): value is Holder {
  if (!isFields(value)) return false;
  switch (value.kind) {
    case 'ttl':
      return isTime(value.expiresAt);
    case 'instance':
      return isText(value.id);
    case 'process':
      return isPid(value.pid) && isText(value.startTime);
    case 'connection':
      return (
        (value.pid === undefined || isPid(value.pid)) &&
        isOptionalText(value.startTime) &&
        isOptionalText(value.namespace)
      );
    default:
      return false;
  }
}

const isOrigin = (value: unknown): boolean =>
  isFields(value) && isText(value.folder) && isText(value.program) && isText(value.asked);

const isNamedService = (value: unknown): boolean =>
  isFields(value) &&
  isText(value.project) &&
  isText(value.name) &&
  (value.origin === undefined || isOrigin(value.origin));

const isServiceHost = (value: unknown): boolean =>
  isFields(value) &&
  isText(value.worktree) &&
  isText(value.service) &&
  isText(value.host) &&
  isFields(value.parts) &&
  isText(value.parts.project) &&
  isOptionalText(value.parts.branch);

function isInstance(value: unknown): value is Instance {
  if (!isFields(value) || !isText(value.id) || !isFields(value.metadata)) return false;
  const { process: own } = value;
  const isProcessOrNone = own === undefined || (isFields(own) && isPid(own.pid) && isText(own.startTime));
  return (
    isProcessOrNone &&
    isOptionalText(value.directory) &&
    isTime(value.registeredAt) &&
    isTime(value.lastHeartbeat)
  );
}
