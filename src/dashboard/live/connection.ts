import type { StatusAnswer } from '../../protocol/answers/status.ts';
import { ApiError, type Api } from './api.ts';
import { readEvents } from './events.ts';

/** `lost` is said when the daemon has not answered for at most these two together. ms */
const PING_EVERY_MS = 2000;
const PING_TIMEOUT_MS = 2000;
/** What no event tells: the end of an outsider, numbers of processes. ms */
const REFRESH_EVERY_MS = 5000;
/** Several events of one moment make one change. ms */
const SETTLE_MS = 120;
/** Between two changes: what is asked for at a change costs the daemon the more the more leases there are. ms */
const REST_PER_LEASE_MS = 2;
const LONGEST_REST_MS = 2000;

export interface ConnectionListener {
  onLink(link: Link, status?: StatusAnswer): void;
  /** Something may have changed: ask again. */
  onChange(): void;
}

export type Link = 'connecting' | 'live' | 'lost';

/**
 * Follows the daemon for as long as the page is seen: browsers open few connections to one address, so a page in the
 * background keeps none. Whatever was missed, asleep or unseen, is asked for at the return.
 * @returns ends it
 */
export function followDaemon(api: Api, { onLink, onChange }: ConnectionListener): () => void {
  let stream: AbortController | undefined;
  let settling: ReturnType<typeof setTimeout> | undefined;
  const ended = new AbortController();

  let leases = 0;
  let latestChange = -Infinity;

  const changed = (): void => {
    const restMs = Math.min(leases * REST_PER_LEASE_MS, LONGEST_REST_MS);
    const waitMs = Math.max(SETTLE_MS, latestChange + restMs - performance.now());
    settling ??= setTimeout(() => {
      settling = undefined;
      latestChange = performance.now();
      onChange();
    }, waitMs);
  };

  async function listen(): Promise<void> {
    if (stream || document.hidden || ended.signal.aborted) return;
    const own = (stream = new AbortController());
    try {
      await readEvents(await api.stream('/events', own.signal), changed);
    } catch {
      // The next ping says whether the daemon is there, and begins again.
    }
    if (stream === own) stream = undefined;
  }

  async function ping(): Promise<void> {
    if (document.hidden) return;
    try {
      const status = await api.get<StatusAnswer>('/status', PING_TIMEOUT_MS);
      leases = status.allocations;
      onLink('live', status);
      if (!stream) {
        void listen();
        changed();
      }
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return end();
      stream?.abort();
      onLink('lost');
    }
  }

  function seen(): void {
    if (document.hidden) stream?.abort();
    else void ping().then(changed);
  }

  function end(): void {
    ended.abort();
    stream?.abort();
    for (const timer of timers) clearInterval(timer);
    clearTimeout(settling);
    document.removeEventListener('visibilitychange', seen);
  }

  const timers = [
    setInterval(() => void ping(), PING_EVERY_MS),
    setInterval(() => document.hidden || changed(), REFRESH_EVERY_MS),
  ];
  document.addEventListener('visibilitychange', seen);
  void ping();
  return end;
}
