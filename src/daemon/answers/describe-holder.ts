import type { WireListener } from '../../protocol/answers/listener.ts';
import { ownUserName } from '../../system/process/users.ts';

/** Who holds a port without having asked Styxy, in words for people. */
export function holderWords(listener: WireListener, me = ownUserName()): string {
  const { pid, command, user, container } = listener;
  if (container) {
    const project = container.compose_project ? ` (compose project ${container.compose_project})` : '';
    return `held by container ${container.name}${project}`;
  }
  if (pid !== null) return `held by ${command ?? 'a program'} (pid ${pid})`;
  if (user !== null && user === me) return `held by a program of ${user} that can't be looked at`;
  return `taken by another user${user === null ? '' : ` (${user})`}`;
}
