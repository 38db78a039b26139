import { makeFolder } from '../../system/files/make-folder.ts';
import type { Context } from '../context.ts';
import { describeService, requireOwnFile, requireServiceManager } from './service.ts';

export async function execute(
  context: Context,
  { json, dryRun }: { json?: boolean; dryRun?: boolean },
): Promise<number> {
  const { out, paths } = context;
  const manager = requireServiceManager(context);
  const text = describeService(manager, context);
  if (dryRun) {
    if (json) out.json({ manager: manager.kind, path: manager.path, text });
    else out.data(`# ${manager.path}\n${text.trimEnd()}`);
    return 0;
  }
  requireOwnFile(manager);
  // launchd opens the log before the daemon could make its folder.
  if (manager.kind === 'launchd') makeFolder(`${paths.home}/logs`);
  const started = await manager.install(text);
  if (json) {
    out.json({ installed: true, started, manager: manager.kind, path: manager.path });
    return 0;
  }
  out.note(`wrote ${manager.path}`);
  out.note(
    started
      ? 'the daemon runs now, and from the next login on'
      : `${manager.kind} can't be reached from here; in a session of yours, start it by: ${manager.startCommand}`,
  );
  return 0;
}
