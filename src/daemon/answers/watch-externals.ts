import type { ExternalListener } from '../../protocol/answers/listener.ts';
import type { Core } from '../core.ts';
import { externalAmong } from './list.ts';

/** Tells of each program that listens on managed ports without a lease, once for each of its ports. */
export function watchExternals({
  state,
  observer,
  events,
}: Pick<Core, 'state' | 'observer' | 'events'>): void {
  let told: ReadonlySet<string> = new Set();
  observer.onObservation((seen) => {
    const external = new Map(externalAmong(state, seen).map((each) => [identityOf(each), each]));
    for (const [identity, each] of external)
      if (!told.has(identity)) events.emit('external', undefined, about(each));
    told = new Set(external.keys());
  });
}

/** One that listens on several addresses is told once. */
const identityOf = ({ port, pid, started_at: since, container }: ExternalListener): string =>
  [port, pid, since, container?.name].join(' ');

function about({ port, pid, service_type, address, user, project_path, container }: ExternalListener) {
  const facts = { pid, project_path, listener_user: user, container: container?.name };
  const known = Object.entries(facts).filter(([, value]) => value !== null && value !== undefined);
  return { port, service_type, address, ...Object.fromEntries(known) };
}
