import type { Logger } from '../../base/log.ts';
import { messageOf } from '../../base/styxy-error.ts';
import type { PortFacts } from './facts.ts';

/** Whether ports are in use, whatever program it is. */
export interface Occupancy {
  /** All ports that have a listener now; undefined when the system can't tell. */
  ports(): Promise<ReadonlySet<number> | undefined>;
  /** Whether one of these ports has a listener. Reading leaves alone what is about to bind a port. */
  isListening(ports: readonly number[]): Promise<boolean>;
  /** Whether one of these ports can't be bound. Only for ports that nothing is about to bind: a probe binds them. */
  isInUse(ports: readonly number[]): Promise<boolean>;
}

interface Question {
  readonly ports: readonly number[];
  readonly mayProbe: boolean;
  readonly answer: (isUsed: boolean) => void;
}

/** For more questions the table of listeners is read once: a probe of one port is cheap, hundreds are not. */
const FEW_TO_PROBE = 10;

/**
 * Questions that are asked in the same turn share one reading. A port is assumed to be in use when the system can't
 * tell.
 */
export function createOccupancy(
  machine: Pick<PortFacts, 'portsInUse' | 'isPortFree'>,
  log: Logger,
): Occupancy {
  let waiting: Question[] = [];

  async function ports(): Promise<ReadonlySet<number> | undefined> {
    try {
      return await machine.portsInUse();
    } catch (error) {
      log.warn('the listeners could not be read: their ports count as used', { error: messageOf(error) });
      return undefined;
    }
  }

  async function probe(asked: readonly number[]): Promise<boolean> {
    try {
      const free = await Promise.all(asked.map((port) => machine.isPortFree(port)));
      return free.includes(false);
    } catch (error) {
      log.warn('a port could not be probed: it counts as used', { ports: asked, error: messageOf(error) });
      return true;
    }
  }

  async function answerAll(): Promise<void> {
    const questions = waiting;
    waiting = [];
    const areFew = questions.length <= FEW_TO_PROBE;
    const probed = questions.filter(({ mayProbe }) => mayProbe && areFew);
    const read = questions.filter(({ mayProbe }) => !mayProbe || !areFew);
    for (const question of probed) question.answer(await probe(question.ports));
    if (read.length === 0) return;
    const inUse = await ports();
    for (const question of read)
      question.answer(inUse ? question.ports.some((port) => inUse.has(port)) : true);
  }

  function ask(asked: readonly number[], mayProbe: boolean): Promise<boolean> {
    return new Promise((answer) => {
      if (waiting.push({ ports: asked, mayProbe, answer }) === 1) queueMicrotask(() => void answerAll());
    });
  }

  return {
    ports,
    isListening: (asked) => ask(asked, false),
    isInUse: (asked) => ask(asked, true),
  };
}
