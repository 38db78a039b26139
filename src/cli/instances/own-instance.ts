import { StyxyError } from '../../base/styxy-error.ts';
import { instanceOf } from '../../client/instance.ts';

/**
 * The instance that a command is about: the one that is named, or the session that it runs in.
 * @throws StyxyError USAGE
 */
export function ownInstance(env: NodeJS.ProcessEnv, named: string | undefined): string {
  const id = instanceOf(env, named).instance_id;
  if (id === undefined) {
    throw new StyxyError('USAGE', 'which instance?', {
      why: 'none was named, STYXY_INSTANCE is not set, and this runs in no session of a known agent',
      hint: 'give it an id, e.g. styxy instances register review',
    });
  }
  return id;
}
