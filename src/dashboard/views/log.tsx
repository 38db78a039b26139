import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { visibleText } from '../../base/plain-text.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { ListAnswer } from '../../protocol/answers/ports.ts';
import type { LogAnswer } from '../../protocol/answers/status.ts';
import type { ApiError } from '../live/api.ts';
import { useAnswer, useLive } from '../live/resource.ts';
import { lastPart } from '../../overview/services.ts';

const READ_EVERY_MS = 1000;
/** A service without a log may get one. */
const RETRY_EVERY_MS = 5000;
/** What the page keeps of it. */
const MOST_LINES = 2000;

/** What one service prints, as it prints it. */
export function LogView(): JSX.Element {
  const { answer, error } = useAnswer<ListAnswer>('/allocations');
  const [chosen, setChosen] = useState(/^#log\/([\w-]+)/.exec(location.hash)?.[1]);
  if (!answer) return <p class="empty">{error || 'Asking the daemon…'}</p>;
  const services = answer.allocations.filter(({ holder }) => holder.kind !== 'ttl');
  const current = services.find(({ lock_id: id }) => id === chosen) ?? services[0];
  if (!current) return <p class="empty">Nothing runs that could print.</p>;
  return (
    <>
      <div class="toolbar">
        <label>
          Service{' '}
          <select value={current.lock_id} onChange={(event) => setChosen(event.currentTarget.value)}>
            {services.map((each) => (
              <option key={each.lock_id} value={each.lock_id}>
                {titleOf(each)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <LogLines key={current.lock_id} lockId={current.lock_id} />
    </>
  );
}

function titleOf({
  service_name: name,
  service_type: type,
  port,
  project_path: project,
}: Allocation): string {
  return visibleText(`${name ?? type} (${port})${project === null ? '' : `, ${lastPart(project)}`}`);
}

function LogLines({ lockId }: { lockId: string }): JSX.Element {
  const { lines, problem } = useLog(lockId);
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    if (box.current && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  if (problem && lines.length === 0) {
    return (
      <p class="empty">
        {problem} Only services that were started with <code>--detach</code> have a log.
      </p>
    );
  }
  return (
    <pre
      ref={box}
      class="log"
      tabIndex={0}
      role="log"
      aria-label="What it prints"
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 40;
      }}
    >
      {lines.join('\n')}
    </pre>
  );
}

/** ANSI colours mean nothing here; whatever else is not seen is written out. */
const readable = (line: string): string =>
  visibleText(line.replaceAll(/\u001b\[[\d;]*m/g, '').replaceAll('\t', '    '));

function useLog(lockId: string): { lines: readonly string[]; problem: string } {
  const { api } = useLive();
  const [lines, setLines] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let next: number | undefined;
    let timer: ReturnType<typeof setTimeout>;
    let isOver = false;
    const read = async (): Promise<number> => {
      if (document.hidden) return READ_EVERY_MS;
      try {
        const part = await api.get<LogAnswer>(`/log/${lockId}${next === undefined ? '' : `?from=${next}`}`);
        next = part.next;
        if (isOver) return READ_EVERY_MS;
        setProblem('');
        if (part.lines.length > 0)
          setLines((before) => [...before, ...part.lines.map(readable)].slice(-MOST_LINES));
        return READ_EVERY_MS;
      } catch (error) {
        if (!isOver) setProblem(`${(error as ApiError).message}.`);
        return RETRY_EVERY_MS;
      }
    };
    const follow = async (): Promise<void> => {
      const waitMs = await read();
      if (!isOver) timer = setTimeout(() => void follow(), waitMs);
    };
    void follow();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [api, lockId]);
  return { lines, problem };
}
