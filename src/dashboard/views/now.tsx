import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ListAnswer } from '../../protocol/answers/ports.ts';
import type { CleanupAnswer, UsageAnswer } from '../../protocol/answers/status.ts';
import { useAction } from '../live/action.ts';
import { useAnswer, useLive } from '../live/resource.ts';
import {
  countRows,
  firstRows,
  groupServices,
  namesAlong,
  type Group,
  type Row,
} from '../../overview/services.ts';
import { loadsOf, type Usage } from '../../overview/usage.ts';
import { ConfirmDialog } from '../parts/dialog.tsx';
import { carryOut, ORDERS, type Order } from '../parts/orders.ts';
import { ServiceRow } from './row.tsx';

const ROWS_AT_ONCE = 60;
const LOAD_OVER_MS = 2000;

/** What runs now, by worktree; and what can be done about it. */
export function NowView(): JSX.Element {
  const { now } = useLive();
  const { answer, error } = useAnswer<ListAnswer>('/allocations');
  const loads = useLoads();
  const [filter, setFilter] = useState('');
  const [asked, setAsked] = useState<{ order: Order; row: Row }>();
  const onOrder = useCallback((order: Order, row: Row) => setAsked({ order, row }), []);
  const groups = useMemo(
    () => answer && groupServices(answer, now, filter, loads),
    [answer, now, filter, loads],
  );
  const count = useGrowing(groups?.reduce((sum, { rows }) => sum + rows.length, 0) ?? 0);
  if (!groups) return <p class="empty">{error || 'Asking the daemon…'}</p>;
  return (
    <>
      <div class="toolbar">
        <input
          type="search"
          placeholder="Filter by name, port, project, branch…"
          aria-label="Filter the services"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        <Summary groups={groups} />
        <CleanUp />
      </div>
      {groups.length === 0 && filter !== '' && <p class="empty">Nothing fits the filter.</p>}
      {firstRows(groups, count).map((group) => (
        <GroupSection key={group.key} group={group} onOrder={onOrder} />
      ))}
      {answer?.allocations.length === 0 && filter === '' && <Empty />}
      {asked && answer && (
        <AskFirst {...asked} along={namesAlong(asked.row, answer)} onClose={() => setAsked(undefined)} />
      )}
    </>
  );
}

/** Processor time is told as a sum, so two answers make a load. */
function useLoads(): ReadonlyMap<string, string> {
  const { answer } = useAnswer<UsageAnswer>('/usage');
  const before = useRef<Usage>();
  const [loads, setLoads] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    if (!answer) return;
    const usage = { at: performance.now(), usages: answer.usages };
    const known = before.current;
    // Answers of one moment tell nothing of the time between.
    if (known && usage.at - known.at < LOAD_OVER_MS) return;
    setLoads(loadsOf(known, usage));
    before.current = usage;
  }, [answer]);
  return loads;
}

/** Draws a few rows at once, and the others step by step: no step keeps the page from answering for long. */
function useGrowing(total: number): number {
  const [count, setCount] = useState(ROWS_AT_ONCE);
  useEffect(() => {
    if (count >= total) return undefined;
    const timer = setTimeout(() => setCount(count + ROWS_AT_ONCE), 0);
    return () => clearTimeout(timer);
  }, [count, total]);
  return count;
}

function Summary({ groups }: { groups: readonly Group[] }): JSX.Element {
  const { services, troubles, external } = countRows(groups);
  return (
    <p class="summary">
      <strong>{services}</strong> {services === 1 ? 'service' : 'services'}
      {troubles > 0 && (
        <span class="count bad">
          {troubles} {troubles === 1 ? 'needs' : 'need'} attention
        </span>
      )}
      {external > 0 && <span class="count odd">{external} external</span>}
    </p>
  );
}

function GroupSection({
  group,
  onOrder,
}: {
  group: Group;
  onOrder(order: Order, row: Row): void;
}): JSX.Element {
  const { title, branch, path, rows } = group;
  return (
    <section class="group">
      <h2>
        <bdi>{title}</bdi>
        {branch && <bdi class="branch">{branch}</bdi>}
        <bdi class="path">{path}</bdi>
      </h2>
      <ul class="rows">
        {rows.map((row) => (
          <ServiceRow key={row.key} row={row} onOrder={onOrder} />
        ))}
      </ul>
    </section>
  );
}

function Empty(): JSX.Element {
  return (
    <p class="empty">
      Nothing runs with Styxy. <code>styxy run -- npm run dev</code> starts a dev server on a port of its own,
      and it appears here.
    </p>
  );
}

const STOP_WITHOUT_RUN =
  'No run keeps this lease: what is known to have been started for it is ended, and else the lease alone.';

interface Question {
  readonly order: Order;
  readonly row: Row;
  readonly along: readonly string[];
  onClose(): void;
}

function AskFirst({ order, row, along, onClose }: Question): JSX.Element {
  const { verb, warning } = ORDERS[order];
  const confirm = useAction((api) => carryOut(api, order, row));
  return (
    <ConfirmDialog
      title={`${verb} ${row.name}?`}
      action={`${verb} ${row.name}`}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>
        <bdi>{row.command || row.type}</bdi> on port {row.port}
        {row.folder && (
          <>
            {' in '}
            <bdi>{row.folder}</bdi>
          </>
        )}
      </p>
      <p>{row.isRun || order !== 'stop' ? warning : STOP_WITHOUT_RUN}</p>
      {order !== 'release' && along.length > 0 && (
        <p>
          Of the same run, and {order === 'stop' ? 'ends' : 'starts again'} with it:{' '}
          <bdi>{along.join(', ')}</bdi>
        </p>
      )}
    </ConfirmDialog>
  );
}

function CleanUp(): JSX.Element {
  const cleanUp = useAction(async (api) => {
    const { released } = await api.send<CleanupAnswer>('POST', '/cleanup');
    return released.length === 0 ? 'Nothing was left to clean up' : `${released.length} leases ended`;
  });
  return (
    <button type="button" title="End leases whose holder is gone" onClick={cleanUp}>
      Clean up
    </button>
  );
}
