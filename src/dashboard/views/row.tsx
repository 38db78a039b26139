import { memo } from '../parts/memo.ts';
import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { environmentOf, type Row } from '../../overview/services.ts';
import { CopyButton } from '../parts/copy.tsx';
import type { Order } from '../parts/orders.ts';

interface RowProps {
  readonly row: Row;
  onOrder(order: Order, row: Row): void;
}

/** One service. Of a thousand, only those that have changed are drawn again. */
export const ServiceRow = memo(function ServiceRow({ row, onOrder }: RowProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const { name, port, state, tone, isOpenable, url, advice, lockId } = row;
  return (
    <li class={`row ${tone}`} data-port={port}>
      <div class="line">
        <span class="name">
          <span class="dot" aria-hidden="true" />
          {isOpenable ? (
            <a href={url} target="_blank" rel="noreferrer" aria-label={`Open ${name}`}>
              <bdi>{name}</bdi>
            </a>
          ) : (
            <bdi>{name}</bdi>
          )}
          {row.session && (
            <bdi class="chip" title="Its session">
              {row.session}
            </bdi>
          )}
        </span>
        <span class="port">{port}</span>
        <span class="state">{state}</span>
        <bdi class="command" title={row.command}>
          {row.command || row.folder}
        </bdi>
        <span class="age">
          {row.age}
          {row.load && <small>{row.load}</small>}
        </span>
        <span class="actions">
          {lockId !== undefined && (
            <button type="button" class="stop" onClick={() => onOrder('stop', row)}>
              Stop <bdi>{name}</bdi>
            </button>
          )}
          <button
            type="button"
            class="plain more"
            aria-expanded={isOpen}
            aria-controls={isOpen ? id : undefined}
            aria-label={`Details of ${name}`}
            onClick={() => setOpen(!isOpen)}
          >
            <span aria-hidden="true">{isOpen ? '▴' : '▾'}</span>
          </button>
        </span>
      </div>
      {advice && <p class="advice">{advice}</p>}
      {isOpen && <Details id={id} row={row} onOrder={onOrder} />}
    </li>
  );
});

function Details({ id, row, onOrder }: RowProps & { id: string }): JSX.Element {
  const facts: [string, string][] = [
    ['Address', row.url],
    ['Type', row.type],
    ['Command', row.command],
    ['Folder', row.folder],
    ['Load', row.load],
    ['Process', row.pid === null ? '' : `pid ${row.pid}`],
    ['Session', row.session],
    ['Why this port', row.reason],
  ];
  return (
    <div id={id} class="details">
      <dl>
        {facts
          .filter(([, text]) => text !== '')
          .map(([label, text]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <bdi>{text}</bdi>
              </dd>
            </div>
          ))}
      </dl>
      <div class="choices">
        <CopyButton text={row.url} label="Copy URL" what={`The address of ${row.name}`} />
        <CopyButton
          text={environmentOf(row)}
          label="Copy environment"
          what={`The variables of ${row.name}`}
        />
        {row.isRun && (
          <>
            <a class="button" href={`#log/${row.lockId}`}>
              Log
            </a>
            <button type="button" onClick={() => onOrder('restart', row)}>
              Restart
            </button>
          </>
        )}
        {row.lockId !== undefined && (
          <button type="button" onClick={() => onOrder('release', row)}>
            Release
          </button>
        )}
      </div>
    </div>
  );
}
