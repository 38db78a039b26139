import { inWords } from '../../base/short-text.ts';
import type { TellUp } from '../../up/events.ts';

/** What a session waits for, as its events tell it. */
export interface Awaited {
  readonly hear: TellUp;
  /** In words. */
  what(): string;
  /** When the first of it has begun, in seconds of process.uptime(). */
  since(): number;
}

/** @param services names, in the order in which they start */
export function createAwaited(services: readonly string[]): Awaited {
  let idleSince = process.uptime();
  let isOver = false;
  const notBegun = new Set(services);
  const begun = new Map<string, { words: string; at: number }>();
  const ending = new Map<string, { words: string; at: number }>();
  const isEnding = (): boolean => ending.size > 0;
  return {
    hear(event) {
      const { service } = event;
      const at = process.uptime();
      if (event.event === 'starting') {
        notBegun.delete(service);
        begun.set(service, { words: service, at });
      } else if (event.event === 'started') {
        const words = `${service} (port ${event.allocation.port})`;
        begun.set(service, { at, ...begun.get(service), words });
      } else if (event.event === 'ready') {
        notBegun.delete(service);
        begun.delete(service);
      } else if (event.event === 'ending') {
        isOver = true;
        ending.set(service, { words: service, at });
      } else if (event.event === 'ended') {
        idleSince = at;
        ending.delete(service);
      }
    },
    what() {
      if (isEnding()) return `${wordsOf(ending)} to end`;
      if (isOver || begun.size + notBegun.size === 0) return 'the services to end';
      if (begun.size === 0) return `${inWords([...notBegun])} to start`;
      const later = notBegun.size > 0 ? `, then ${inWords([...notBegun])}` : '';
      return `${wordsOf(begun)} to be ready${later}`;
    },
    since() {
      const those = isEnding() ? ending : begun;
      const isIdle = those.size === 0 || (isOver && !isEnding());
      return isIdle ? idleSince : Math.min(...[...those.values()].map(({ at }) => at));
    },
  };

  function wordsOf(those: ReadonlyMap<string, { words: string }>): string {
    return inWords([...those.values()].map(({ words }) => words));
  }
}
