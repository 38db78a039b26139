import type { Context } from '../context.ts';
import { serviceManagerOf } from './service.ts';
import { facts } from '../print/table.ts';

/** Exit code 1: it is not installed, or known not to run. */
export function execute(context: Context, { json }: { json?: boolean }): number {
  const { out } = context;
  const manager = serviceManagerOf(context);
  const state = manager?.state();
  const { installed = false, enabled, active, pid } = state ?? {};
  if (json) {
    const known = { enabled: enabled ?? null, active: active ?? null, pid: pid ?? null };
    out.json({ manager: manager?.kind ?? null, path: manager?.path ?? null, installed, ...known });
  } else if (!manager) out.data('there is no service on this system: the daemon starts by itself');
  else if (!installed) out.data('not installed: the daemon starts by itself when it is needed');
  else {
    out.data(
      facts([
        ['service', `${manager.kind}, ${manager.path}`],
        ['at login', inWords(enabled, 'starts', 'does not start')],
        ['now', inWords(active, `runs${pid === undefined ? '' : ` (pid ${pid})`}`, 'does not run')],
      ]),
    );
  }
  return installed && active !== false ? 0 : 1;
}

function inWords(is: boolean | undefined, yes: string, no: string): string {
  if (is === undefined) return "unknown: the service manager can't be reached from here";
  return is ? yes : no;
}
