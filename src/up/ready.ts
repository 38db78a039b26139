import { get } from 'node:http';
import type { Allocation } from '../protocol/answers/allocation.ts';
import type { Coordinator } from '../protocol/coordinator.ts';
import { createReadyCheck, listensBySystem } from '../run/leases/readiness.ts';
import type { RunPorts } from '../run/leases/obtain.ts';
import type { ReadyRule } from './service.ts';

/** A program that can't run says so within this time. ms */
const START_MS = 1000;
/** A health check that takes longer than that is asked again. ms */
const ANSWER_MS = 5000;

type Started = RunPorts['allocation'];

export interface ReadyCheck {
  /** @returns the lease as it is now, when the service is ready */
  ask(started: Started): Promise<Started | undefined>;
  /** Lines that it prints are told, and the begun last one. */
  hear(line: string): void;
  /** For people: what it is that has not come yet. */
  missing(started: Started | undefined): string;
}

export function createReadiness(coordinator: Pick<Coordinator, 'check'>, rule: ReadyRule): ReadyCheck {
  const serves = createReadyCheck();
  let startedAt: number | undefined;
  let hasPrinted = false;
  let answer: string | undefined;

  /** The lease, when its own program listens. */
  async function listening(started: Started): Promise<Started | undefined> {
    const { port, lock_id: id } = started;
    if (id === undefined) return (await listensBySystem(port)) ? started : undefined;
    const { allocation } = await coordinator.check(port).catch(() => ({ allocation: null }));
    return allocation?.lock_id === id && serves(allocation) ? allocation : undefined;
  }

  async function answers(started: Started, path: string): Promise<Started | undefined> {
    const found = await listening(started);
    if (!found) return undefined;
    const status = await statusAt(new URL(path, found.url));
    answer = typeof status === 'number' ? `answered ${status}` : `gave no answer (${status})`;
    return typeof status === 'number' && status < 400 ? found : undefined;
  }

  return {
    hear(line) {
      if (rule.when === 'prints' && line.includes(rule.text)) hasPrinted = true;
    },
    async ask(started) {
      startedAt ??= performance.now();
      if (rule.when === 'prints') return hasPrinted ? now(started) : undefined;
      if (rule.when === 'answers') return answers(started, rule.path);
      if (rule.when === 'listens') return listening(started);
      return performance.now() - startedAt >= START_MS ? now(started) : undefined;
    },
    missing(started) {
      if (!started) return 'it has no port yet';
      if (rule.when === 'prints') return `it has not printed ${JSON.stringify(rule.text)}`;
      if (rule.when === 'answers' && answer !== undefined) return `${rule.path} ${answer}`;
      return `nothing of it listens on port ${started.port}`;
    },
  };

  async function now(started: Started): Promise<Started> {
    if (started.lock_id === undefined) return started;
    const { allocation } = await coordinator.check(started.port).catch(() => ({ allocation: null }));
    return isSame(allocation, started) ? allocation : started;
  }
}

const isSame = (seen: Allocation | null, { lock_id: id }: Started): seen is Allocation =>
  seen !== null && seen.lock_id === id;

/** The status of an answer, or why there is none. */
function statusAt(url: URL): Promise<number | string> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: ANSWER_MS }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('timeout', () => request.destroy(new Error('it took too long')));
    request.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
