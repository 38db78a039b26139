import type { WireContainer, WireListener } from '../../protocol/answers/listener.ts';
import type { Container, Listener } from '../../system/ports/listener.ts';

/**
 * A fact of this machine in the words of the wire, in which the daemon keeps and tells it.
 * @param marker the lease whose id stands in the process's environment
 */
export function toWire(
  { startedAt, worktree, container, ...listener }: Listener,
  marker?: string,
): WireListener {
  return {
    ...listener,
    ...(marker !== undefined && { started_with: marker }),
    started_at: startedAt,
    project_path: worktree?.path ?? null,
    branch: worktree?.branch ?? null,
    container: container && toWireContainer(container),
  };
}

function toWireContainer({
  name,
  image,
  composeProject,
  composeService,
  createdAt,
}: Container): WireContainer {
  return {
    name,
    image,
    compose_project: composeProject,
    compose_service: composeService,
    created_at: createdAt,
  };
}
