import type { Context } from '../context.ts';
import { requireOwnFile, requireServiceManager } from './service.ts';

export function execute(context: Context, { json }: { json?: boolean }): number {
  const { out } = context;
  const manager = requireServiceManager(context);
  requireOwnFile(manager);
  const { installed } = manager.state();
  if (installed) manager.uninstall();
  if (json) out.json({ uninstalled: installed, manager: manager.kind, path: manager.path });
  else if (!installed) out.note(`nothing is installed: there is no ${manager.path}`);
  else out.note(`removed ${manager.path}; the daemon starts by itself when it is needed, with every lease`);
  return 0;
}
