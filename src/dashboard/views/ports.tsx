import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ScanAnswer } from '../../protocol/answers/ports.ts';
import type { RememberedAnswer } from '../../protocol/answers/remembered.ts';
import type { StatusAnswer } from '../../protocol/answers/status.ts';
import { useAnswer } from '../live/resource.ts';
import { portSpace, type Mark, type Strip } from '../model/ports.ts';

/** All managed ports to scale: who is in the range of each type, and how much room is left. */
export function PortsView(): JSX.Element {
  const { answer: status, error } = useAnswer<StatusAnswer>('/status?ranges=true');
  const { answer: scan } = useAnswer<ScanAnswer>('/scan');
  const { answer: kept } = useAnswer<RememberedAnswer>('/remembered');
  const [told, setTold] = useState('');
  if (!status?.ranges || !scan || !kept) return <p class="empty">{error || 'Asking the daemon…'}</p>;
  const { strips, others } = portSpace(status.ranges, scan, kept.remembered);
  return (
    <>
      <Keys />
      <div class="card">
        {strips.map((strip) => (
          <TypeStrip key={strip.type} strip={strip} onTell={setTold} />
        ))}
      </div>
      {others.length > 0 && <Others marks={others} />}
      <p class="told" role="status">
        {told || <span class="muted">Point at a port, or reach it with Tab, to see who is there.</span>}
      </p>
    </>
  );
}

function Keys(): JSX.Element {
  return (
    <p class="keys toolbar">
      <span class="key good">listening</span>
      <span class="key wait">leased or quarantined</span>
      <span class="key bad">drifted</span>
      <span class="key odd">external or orphaned</span>
      <span class="key kept">kept for a service that does not run</span>
    </p>
  );
}

function TypeStrip({ strip, onTell }: { strip: Strip; onTell(text: string): void }): JSX.Element {
  const { type, first, last, free, marks } = strip;
  const width = 100 / (last - first + 1);
  return (
    <section class="type">
      <h2>{type}</h2>
      <div class="strip">
        {marks.map(({ port, tone, text }) => (
          <button
            key={port}
            type="button"
            class={`mark ${tone}`}
            aria-label={text}
            title={text}
            style={{ left: `${(port - first) * width}%`, width: `${width}%` }}
            onFocus={() => onTell(text)}
            onMouseEnter={() => onTell(text)}
            onClick={() => onTell(text)}
          />
        ))}
      </div>
      <p class="small muted">
        {first}–{last}, {free} free
      </p>
    </section>
  );
}

function Others({ marks }: { marks: readonly Mark[] }): JSX.Element {
  return (
    <section class="card others">
      <h2>On ports of no service type</h2>
      <ul class="chips">
        {marks.map(({ port, tone, text }) => (
          <li key={port} class={`chip ${tone}`}>
            <bdi>{text}</bdi>
          </li>
        ))}
      </ul>
    </section>
  );
}
