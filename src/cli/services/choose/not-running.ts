import { StyxyError } from '../../../base/styxy-error.ts';
import { loadProjectConfig } from '../../../project/load-config.ts';
import { hereOf } from '../../../run/plan/here.ts';
import type { Context } from '../../context.ts';

/** @returns what was thrown because nothing of that name runs; where `styxy up` starts it, with that advice */
export async function explainNotRunning(context: Context, error: unknown, what: string): Promise<unknown> {
  if (!(error instanceof StyxyError) || error.code !== 'LEASE_NOT_FOUND') return error;
  const hint = await upAdvice(context, what);
  const { code, message, why } = error;
  return hint === undefined ? error : new StyxyError(code, message, { why, hint });
}

/** How the service of this word is started, where `styxy up` starts it. */
export async function upAdvice(context: Context, what: string): Promise<string | undefined> {
  const service = await upServiceCalled(context, what);
  if (service === undefined) return undefined;
  return service === what ? `styxy up ${what} starts it` : `did you mean "${service}"?`;
}

/** The service that `styxy up` starts by this word; undefined where it starts none, or that can't be known. */
export async function upServiceCalled(context: Context, what: string): Promise<string | undefined> {
  const { runningDaemon: coordinator, cwd, env } = context;
  const top = hereOf(cwd).path;
  try {
    const looking = { ...context.looking, unread: () => undefined };
    const project = await loadProjectConfig(cwd, top, looking);
    const { upService } = await import('../../../up/select.ts');
    return await upService({ cwd, env, top, project, coordinator }, what);
  } catch {
    return undefined;
  }
}
