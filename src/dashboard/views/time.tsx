import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { AuditAnswer } from '../../protocol/answers/audit.ts';
import type { ListAnswer } from '../../protocol/answers/ports.ts';
import { useAnswer, useLive } from '../live/resource.ts';
import { clockText } from '../model/time.ts';
import { timeline, type Bar } from '../model/timeline.ts';

const MINUTE = 60_000;
const ZOOMS = [
  { title: '15 minutes', ms: 15 * MINUTE, since: '15m' },
  { title: '1 hour', ms: 60 * MINUTE, since: '1h' },
  { title: '6 hours', ms: 360 * MINUTE, since: '6h' },
  { title: '24 hours', ms: 1440 * MINUTE, since: '24h' },
] as const;
const TICKS = [0, 0.25, 0.5, 0.75];

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Leases through the last hours: grants, ends, restarts and conflicts. */
export function TimeView(): JSX.Element {
  const { now } = useLive();
  const [zoom, setZoom] = useState<(typeof ZOOMS)[number]>(ZOOMS[1]);
  const [told, setTold] = useState('');
  const { answer: audit, error } = useAnswer<AuditAnswer>(`/audit?since=${zoom.since}&limit=5000`);
  const { answer: list } = useAnswer<ListAnswer>('/allocations');
  const span = useMemo(() => ({ from: now - zoom.ms, to: now }), [now, zoom]);
  const lanes = useMemo(
    () => audit && list && timeline(audit.entries, list.allocations, span),
    [audit, list, span],
  );
  return (
    <>
      <div class="toolbar" role="group" aria-label="How far back">
        {ZOOMS.map((each) => (
          <button key={each.since} type="button" aria-pressed={each === zoom} onClick={() => setZoom(each)}>
            {each.title}
          </button>
        ))}
        <p class="keys">
          <span class="key good">runs</span>
          <span class="key ended">ended</span>
          <span class="key bad">conflict</span>
        </p>
      </div>
      {!lanes && <p class="empty">{error || 'Asking the daemon…'}</p>}
      {lanes?.length === 0 && <p class="empty">Nothing happened in that time.</p>}
      {lanes && lanes.length > 0 && (
        <div class="card lanes">
          <div class="lane ticks" aria-hidden="true">
            <span />
            <div class="track">
              {TICKS.map((part) => (
                <span key={part} style={{ left: `${part * 100}%` }}>
                  {clockText(span.from + part * zoom.ms)}
                </span>
              ))}
            </div>
          </div>
          {lanes.map(({ key, title, bars }) => (
            <section key={key} class="lane" aria-label={title}>
              <bdi>{title}</bdi>
              <div class="track">
                {bars.map((bar) => (
                  <TimeBar key={bar.key} bar={bar} span={span} onTell={setTold} />
                ))}
              </div>
            </section>
          ))}
        </div>
      )}
      <p class="told" role="status">
        {told || <span class="muted">Point at a bar, or reach it with Tab, to see what it was.</span>}
      </p>
    </>
  );
}

function TimeBar({ bar, span, onTell }: { bar: Bar; span: Span; onTell(text: string): void }): JSX.Element {
  const part = (at: number): number => ((at - span.from) / (span.to - span.from)) * 100;
  const times =
    bar.from === bar.to
      ? clockText(bar.from, true)
      : `${clockText(bar.from, true)} to ${clockText(bar.to, true)}`;
  const text = `${bar.text}, ${times}`;
  const width = bar.kind === 'conflict' ? {} : { width: `${part(bar.to) - part(bar.from)}%` };
  return (
    <button
      type="button"
      class={`bar ${bar.kind}`}
      aria-label={text}
      title={text}
      style={{ left: `${part(bar.from)}%`, ...width }}
      onFocus={() => onTell(text)}
      onMouseEnter={() => onTell(text)}
      onClick={() => onTell(text)}
    />
  );
}
