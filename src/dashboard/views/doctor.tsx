import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { visibleText } from '../../base/plain-text.ts';
import type { DoctorAnswer } from '../../protocol/answers/status.ts';
import type { ApiError } from '../live/api.ts';
import { useLive } from '../live/resource.ts';
import { CopyButton } from '../parts/copy.tsx';

/** The checks of `styxy doctor`, with what mends them. They are made when the view is opened, and on demand. */
export function DoctorView(): JSX.Element {
  const { api } = useLive();
  const [answer, setAnswer] = useState<DoctorAnswer>();
  const [problem, setProblem] = useState('');
  const [turn, setTurn] = useState(0);
  const [isAsking, setAsking] = useState(true);
  useEffect(() => {
    let isOver = false;
    const ask = async (): Promise<void> => {
      setAsking(true);
      const next = await api.get<DoctorAnswer>('/doctor').catch((error: ApiError) => error);
      if (isOver) return;
      setAsking(false);
      setProblem(next instanceof Error ? next.message : '');
      if (!(next instanceof Error)) setAnswer(next);
    };
    void ask();
    return () => {
      isOver = true;
    };
  }, [api, turn]);
  return (
    <>
      <div class="toolbar">
        <p class="summary" role="status">
          {isAsking ? 'Examining…' : problem || verdictOf(answer)}
        </p>
        <button type="button" disabled={isAsking} onClick={() => setTurn(turn + 1)}>
          Check again
        </button>
      </div>
      <ul class="rows">
        {answer?.checks.map((check) => (
          <CheckRow key={check.name} check={check} />
        ))}
      </ul>
    </>
  );
}

function verdictOf(answer: DoctorAnswer | undefined): string {
  const failed = answer?.checks.filter(({ ok }) => !ok).length ?? 0;
  return failed === 0 ? 'All is well' : `${failed} ${failed === 1 ? 'check' : 'checks'} failed`;
}

function CheckRow({ check }: { check: DoctorAnswer['checks'][number] }): JSX.Element {
  const { name, ok, detail, fix } = check;
  const tone = !ok ? 'bad' : fix === undefined ? 'good' : 'odd';
  return (
    <li class={`row ${tone}`}>
      <p class="name">
        <span class="dot" aria-hidden="true" />
        {visibleText(name)}
        <span class={`chip ${tone}`}>{!ok ? 'failed' : fix === undefined ? 'fine' : 'advice'}</span>
      </p>
      <p class="advice">{visibleText(detail)}</p>
      {fix !== undefined && (
        <div class="fix advice">
          <pre>{visibleText(fix)}</pre>
          <CopyButton text={fix} label="Copy" what="The fix" />
        </div>
      )}
    </li>
  );
}
