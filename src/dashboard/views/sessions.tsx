import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { visibleText } from '../../base/plain-text.ts';
import type { InstanceListAnswer, InstanceRecord } from '../../protocol/answers/instance.ts';
import { useAction } from '../live/action.ts';
import { useAnswer, useLive } from '../live/resource.ts';
import { clockText } from '../model/time.ts';
import { ageText } from '../../overview/units.ts';
import { ConfirmDialog } from '../parts/dialog.tsx';

/** Agents, terminals and checkouts that are registered, each with its leases. */
export function SessionsView(): JSX.Element {
  const { answer, error } = useAnswer<InstanceListAnswer>('/instance/list');
  const [asked, setAsked] = useState<InstanceRecord>();
  if (!answer) return <p class="empty">{error || 'Asking the daemon…'}</p>;
  if (answer.instances.length === 0) {
    return (
      <p class="empty">
        No session is registered. Agents with a hook appear here by themselves; others with{' '}
        <code>styxy instances register</code>.
      </p>
    );
  }
  return (
    <>
      <div class="cards">
        {answer.instances.map((each) => (
          <SessionCard key={each.instance_id} session={each} onEnd={() => setAsked(each)} />
        ))}
      </div>
      {asked && <AskToEnd session={asked} onClose={() => setAsked(undefined)} />}
    </>
  );
}

function SessionCard({ session, onEnd }: { session: InstanceRecord; onEnd(): void }): JSX.Element {
  const { now } = useLive();
  const { instance_id: id, working_directory: folder, process_id: pid, active_allocations: leases } = session;
  const agent = session.metadata['agent'];
  return (
    <section class="card">
      <h2>
        <bdi>{visibleText(id)}</bdi>
        {agent !== undefined && <span class="chip">{visibleText(String(agent))}</span>}
      </h2>
      <p class="path small">{visibleText(folder ?? '')}</p>
      <p class="small muted">
        heard of {ageText(session.last_heartbeat, now)}
        {session.expires_at === null ? '' : `, counts as gone at ${clockText(session.expires_at)}`}
        {pid === null ? '' : `, pid ${pid}`}
      </p>
      {leases.length === 0 && <p class="small muted">no lease</p>}
      <ul class="chips">
        {leases.map(({ port, lock_id: lock, service_name: name, service_type: type }) => (
          <li key={lock} class="chip good">
            <bdi>{visibleText(name ?? type)}</bdi> {port}
          </li>
        ))}
      </ul>
      <div class="choices">
        <button type="button" onClick={onEnd}>
          End <bdi>{visibleText(id)}</bdi>
        </button>
      </div>
    </section>
  );
}

function AskToEnd({ session, onClose }: { session: InstanceRecord; onClose(): void }): JSX.Element {
  const name = visibleText(session.instance_id);
  const confirm = useAction(async (api) => {
    await api.send('DELETE', `/instance/${encodeURIComponent(session.instance_id)}`);
    return `${name} ended`;
  });
  return (
    <ConfirmDialog title={`End ${name}?`} action={`End ${name}`} onConfirm={confirm} onClose={onClose}>
      <p>The session is forgotten, and the leases that it holds end. Programs that run go on.</p>
    </ConfirmDialog>
  );
}
