import { StyxyError } from '../../base/styxy-error.ts';
import { hidden } from '../../domain/holds.ts';
import type { LeaseRequest } from '../../domain/request.ts';
import type { AllocateAnswer } from '../../protocol/answers/lease.ts';
import type { AllocateBody } from '../../protocol/requests/allocate.ts';
import type { Core } from '../core.ts';
import { awaitDetaching } from '../holders/attach.ts';
import type { Holders } from '../holders/holders.ts';
import { noteAsker } from '../holders/instances.ts';
import { toAnswer } from '../ledger/allocation.ts';
import type { Queue } from '../ledger/queue.ts';
import { useExisting } from './existing.ts';
import { aboutRequest, avoid, reassert, type GrantContext } from './grant.ts';
import { findRunning, settleRunning } from './if-running.ts';
import type { Memory } from './memory.ts';
import { grantProvided, type Granted, type ProvisionContext } from './provision.ts';
import { useOuterLease } from './inside.ts';
import { nameOfService, readRequest, type RequestContext } from './request.ts';

export interface AllocateContext
  extends
    Core,
    Holders,
    Pick<RequestContext, 'intern'>,
    Pick<ProvisionContext, 'configFile' | 'writer' | 'config'>,
    Pick<GrantContext, 'told' | 'reasons'> {
  readonly memory: Memory;
  /** Whatever judges ports, or changes ranges, does so one after the other. */
  readonly queue: Queue;
}

/** One request for a port, to its answer. @throws StyxyError */
export async function allocate(context: AllocateContext, asked: AllocateBody): Promise<AllocateAnswer> {
  const body = noteAsker(context, asked);
  const request = readRequest(context, body);
  const tookMs = stopwatch();
  try {
    return await answerRequest(context, body, request, tookMs);
  } catch (error) {
    if (error instanceof StyxyError) {
      const facts = { ...aboutRequest(request), code: error.code, took_ms: tookMs() };
      context.events.emit('refused', undefined, facts);
    }
    throw error;
  }
}

async function answerRequest(
  context: AllocateContext,
  body: AllocateBody,
  asked: LeaseRequest,
  tookMs: () => number,
): Promise<AllocateAnswer> {
  // Asked once before the queue, so that an old lease need not wait, and once inside, where nobody else can make it.
  const known = useExisting(context, body, asked);
  if (known) return known;
  await awaitDetaching(context, asked);
  await settleRunning(context, body, asked);
  return context.queue(async () => {
    // In the queue no other service can get the same name meanwhile.
    const request = { ...asked, name: nameOfService(context.state, body) };
    const made = useExisting(context, body, request);
    if (made) return made;
    const running = await findRunning(context, body, request);
    const outer = useOuterLease(context, body, request, running);
    if (outer) return outer;
    if (running) return { ...toAnswer(running), existing: true, shared: true };
    const { lease, range } = await newLease(context, body, request);
    const { id, port, type, holds } = lease;
    context.log.debug('lease granted', { lease: id, port, type, holder: holds[0].holder.kind });
    context.events.emit('granted', lease, { took_ms: tookMs() });
    return { ...toAnswer(lease), ...(range && { auto_allocated: true, range: [...range] }) };
  });
}

async function newLease(
  context: AllocateContext,
  body: AllocateBody,
  request: LeaseRequest,
): Promise<Granted> {
  if (body.lock_id !== undefined)
    return { lease: reassert(context, request, body.lock_id), range: undefined };
  context.memory.forgetSomeGone();
  noteConflicts(context, request, body);
  const { leases } = context.state;
  const failed = request.share && leases.shared(request.share.key)?.id;
  const mayProvide = !body.service_type_default && !request.projectType;
  const granted = await grantProvided(context, request, mayProvide);
  // Its old port had failed for this asker; others are to find the new one.
  const old = failed === undefined ? undefined : leases.get(failed);
  if (old) context.ledger.anyway.change(hidden(old));
  return granted;
}

/** Ports that were lost between the lease and the start of its program count like those that were taken before. */
function noteConflicts(
  context: AllocateContext,
  request: LeaseRequest,
  { conflicts = [] }: AllocateBody,
): void {
  for (const port of conflicts)
    if (!context.state.leases.at(port)) avoid(context, request, port, 'before_bind');
}

/** @returns the milliseconds since now, to the microsecond */
function stopwatch(): () => number {
  const start = process.hrtime.bigint();
  return () => Number((process.hrtime.bigint() - start) / 1000n) / 1000;
}
