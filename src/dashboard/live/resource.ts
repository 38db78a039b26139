import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, type Api } from './api.ts';
import type { Notice } from '../parts/notices.tsx';
import type { StatusAnswer } from '../../protocol/answers/status.ts';

/** What every view works with. */
export interface Live {
  readonly api: Api;
  readonly status: StatusAnswer | undefined;
  /** Counts the changes that the daemon has told of. */
  readonly version: number;
  /** ms since the epoch, renewed from time to time */
  readonly now: number;
  notify(notice: Omit<Notice, 'id'>): void;
  /** Asks again at once. */
  refresh(): void;
}

export const LiveContext = createContext<Live | undefined>(undefined);

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('there is no connection around this part');
  return live;
}

/** One request at a time: what changes meanwhile is asked for when it has come back. */
interface Turn {
  readonly path: string;
  isOpen: boolean;
  isStale: boolean;
}

interface Asked<Answer> {
  readonly answer: Answer | undefined;
  readonly error: string;
}

/** An answer of the daemon, asked for again whenever something has changed; the last one stays while the next is on its way. */
export function useAnswer<Answer>(path: string | undefined): Asked<Answer> {
  const { api, version } = useLive();
  const [known, setKnown] = useState<{ path: string; answer: Answer }>();
  const [error, setError] = useState('');
  const latest = useRef<Turn>();

  async function ask(turn: Turn): Promise<void> {
    turn.isOpen = true;
    do {
      turn.isStale = false;
      try {
        const answer = await api.get<Answer>(turn.path);
        if (latest.current !== turn) return;
        setKnown({ path: turn.path, answer });
        setError('');
      } catch (failure) {
        // Without an answer the page says that the connection is lost.
        const isAnswer = failure instanceof ApiError && failure.status !== 0;
        if (latest.current === turn && isAnswer) setError(failure.message);
      }
    } while (turn.isStale && latest.current === turn);
    turn.isOpen = false;
  }

  useEffect(() => {
    if (path === undefined) return;
    if (latest.current?.path !== path) latest.current = { path, isOpen: false, isStale: false };
    if (latest.current.isOpen) latest.current.isStale = true;
    else void ask(latest.current);
  }, [api, path, version]);

  return { answer: known && known.path === path ? known.answer : undefined, error };
}
