import type { Allocation } from '../protocol/answers/allocation.ts';

/** More than these are left to `styxy list`. */
const MOST_NAMED = 5;

/** What a session is told as it begins: what runs in its worktree, and how servers are started and found. */
export function welcome(running: readonly Allocation[], own: string, program: string): string {
  const named = running.slice(0, MOST_NAMED).map((lease) => describe(lease, own));
  const more = running.length > MOST_NAMED ? `, and ${running.length - MOST_NAMED} more` : '';
  const list = named.length === 0 ? 'no server yet' : named.join(', ') + more;
  return (
    `Styxy: running in this worktree: ${list}.\n` +
    `Each server you start gets a port of its own: ${program} url <service> prints its address, ${program} list shows all. ` +
    `Don't guess ports, and don't end what another session runs.`
  );
}

function describe(
  { service_name: name, service_type: type, url, instance_id: instance }: Allocation,
  own: string,
): string {
  const owner = instance === null ? 'a person' : instance === own ? 'this session' : instance;
  return `${name ?? type} at ${url} (${owner})`;
}
