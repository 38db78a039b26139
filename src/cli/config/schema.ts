import { StyxyError } from '../../base/styxy-error.ts';
import { jsonSchemaOf } from '../../settings/json-schema.ts';
import type { Context } from '../context.ts';

export function execute({ out }: Context, _: unknown, [kind = 'user']: string[]): number {
  if (kind !== 'user' && kind !== 'project') {
    throw new StyxyError('USAGE', `there is no schema "${kind}"`, { hint: 'user or project' });
  }
  out.exact(JSON.stringify(jsonSchemaOf(kind), null, 2));
  return 0;
}
