import { noteStopped, recallStart, rememberStart, type ServiceStart } from '../run/child/service-start.ts';
import { lateService } from './failures.ts';
import { endInReverse } from './order.ts';
import type { ReadyService } from './events.ts';
import {
  joinService,
  logOf,
  type ServiceEnd,
  type ServiceRun,
  startService,
  type UpParts,
} from './service-run.ts';
import type { UpService } from './service.ts';

/** Services that were started together. */
export interface UpSession {
  /** All of them, when all are ready; never if one of them fails or they are to end before. */
  readonly ready: Promise<readonly ReadyService[]>;
  /** The first failure; undefined when the last of them was stopped by somebody else. */
  readonly over: Promise<{ error: unknown } | undefined>;
  /** Ends what it has started, each after those that need it. */
  end(): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
  /** What it has started goes on without us. */
  stay(): void;
}

/** What the services of a session have in common. */
interface Session {
  parts: UpParts;
  /** Fires when all are to end. */
  over: AbortController;
  /** What was started, by name. */
  runs: Map<string, ServiceRun>;
  starts: Map<string, Promise<ReadyService>>;
  /** The writing of how each of the runs was started. */
  records: Map<ServiceRun, Promise<void>>;
  finish: (failure: { error: unknown } | undefined) => void;
}

/** @param services each behind those that it needs */
export function startSession(parts: UpParts, services: readonly UpService[]): UpSession {
  let finish: Session['finish'] = () => undefined;
  const whole = new Promise<{ error: unknown } | undefined>((resolve) => (finish = resolve));
  const over = new AbortController();
  const [runs, starts, records] = [new Map(), new Map(), new Map()];
  const session: Session = { parts, over, runs, starts, records, finish };
  for (const service of services) {
    const start = begin(session, service);
    start.catch((error: unknown) => fail(session, error));
    session.starts.set(service.name, start);
  }
  return {
    ready: whenAllReady(session),
    over: whole,
    async end() {
      over.abort();
      await endInReverse(services, (service) => endOne(session, service));
    },
    async kill() {
      over.abort();
      await Promise.all([...session.runs.values()].map((run) => run.kill()));
    },
    stay() {
      for (const run of session.runs.values()) run.stay();
    },
  };
}

/** The failure of one is told by `over`; one that is to end is not waited for, which is no failure. */
function whenAllReady({ starts, over }: Session): Promise<readonly ReadyService[]> {
  return new Promise((resolve) => {
    const settle = (all: readonly ReadyService[]): void => {
      if (!over.signal.aborted) resolve(all);
    };
    void Promise.all(starts.values()).then(settle, () => undefined);
  });
}

/** The service when it can be used; what it needs comes first. */
async function begin(session: Session, service: UpService): Promise<ReadyService> {
  const { parts, over, starts } = session;
  await Promise.all(service.needs.flatMap((name) => starts.get(name) ?? []));
  over.signal.throwIfAborted();
  const startedAt = performance.now();
  const joined = await joinService(parts, service, over.signal);
  over.signal.throwIfAborted();
  if (joined === 'not running') return startNow(session, service);
  if (joined === 'gone') return startNow(session, withTimeLeft(service, startedAt));
  parts.tell({ event: 'ready', service: service.name, ready: joined });
  return joined;
}

async function startNow(session: Session, service: UpService): Promise<ReadyService> {
  const { parts, over, runs } = session;
  const startedAt = performance.now();
  const run = startService(parts, service, over.signal);
  runs.set(service.name, run);
  // It may fail while its start is being written down.
  run.ready.catch(() => undefined);
  void run.ended.then((end) => afterEnd(session, service, run, end));
  const start = parts.startRecord(service, run.pid);
  const record = recordStart(run, start);
  session.records.set(run, record);
  await record;
  const ready = await run.ready;
  over.signal.throwIfAborted();
  if (!ready) return begin(session, withTimeLeft(service, startedAt));
  // Any of several stands for the whole run.
  for (const name of run.names().filter((each) => each !== service.name))
    await rememberStart(logOf(parts.paths, service, name), { ...start, log: run.log });
  parts.tell({ event: 'ready', service: service.name, ready });
  return ready;
}

/** What another `styxy up` has written down for the service that runs is left as it is. */
async function recordStart(run: ServiceRun, start: ServiceStart): Promise<void> {
  await Promise.race([run.begun, run.ready]);
  if (!run.isJoined()) await rememberStart(run.log, start);
}

/** What somebody else had started has ended before it was ready: ours has the rest of the time. @throws StyxyError */
function withTimeLeft(service: UpService, since: number): UpService {
  const left = service.timeoutMs - (performance.now() - since);
  // Whole seconds, since it is shown.
  if (left > 0) return { ...service, timeoutMs: Math.min(service.timeoutMs, Math.ceil(left / 1000) * 1000) };
  throw lateService(service, 'another styxy up has started it, and it has ended');
}

function afterEnd(session: Session, service: UpService, run: ServiceRun, end: ServiceEnd): void {
  const { parts, over, runs, starts, finish } = session;
  if (over.signal.aborted) return;
  if (!end.asked) return fail(session, end.error);
  if (runs.get(service.name) === run) runs.delete(service.name);
  if (run.isJoined()) return;
  const start = recallStart(run.log);
  // A record of before may still lie there.
  const again = start?.pid === run.pid && start?.restart === true;
  parts.tell({ event: 'stopped', service: service.name, again });
  if (again) startNow(session, service).catch((error: unknown) => fail(session, error));
  // Others may have to be started yet.
  else void Promise.allSettled(starts.values()).then(() => hasOwn(session) || finish(undefined));
}

/** Those that somebody else has started are not followed. */
const hasOwn = ({ runs }: Session): boolean => [...runs.values()].some((run) => !run.isJoined());

function fail({ over, finish }: Session, error: unknown): void {
  if (!over.signal.aborted) finish({ error });
}

async function endOne({ parts, runs, records }: Session, { name }: UpService): Promise<void> {
  const run = runs.get(name);
  if (!run) return;
  parts.tell({ event: 'ending', service: name });
  if ((await run.end()) && !run.isJoined()) {
    // The run notes that as well, but not in a record that is being written at that moment.
    await records.get(run)?.catch(() => undefined);
    await noteStopped(run.log, run.pid);
  }
  parts.tell({ event: 'ended', service: name });
}
