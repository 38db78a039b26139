import { StyxyError } from '../../base/styxy-error.ts';
import { serviceOf, type Remembered } from '../../domain/affinity.ts';
import type { ForgetAnswer, RememberedAnswer } from '../../protocol/answers/remembered.ts';
import type { ForgetQuery, ListQuery } from '../../protocol/requests/queries.ts';
import { describer } from '../answers/describe-kept.ts';
import type { Core } from '../core.ts';
import type { Memory } from '../grants/memory.ts';

export interface RememberedContext extends Pick<Core, 'state'> {
  readonly memory: Memory;
}

type Filter = ListQuery & Pick<ForgetQuery, 'service_name'>;

/** The services whose ports are kept while they don't run. Those whose worktree is gone are forgotten by asking. */
export async function listRemembered(
  { state, memory }: RememberedContext,
  query: ListQuery = {},
): Promise<RememberedAnswer> {
  await memory.forgetGone(matching(state, query).map(({ key }) => key));
  return { remembered: matching(state, query).map(describer(state)).toReversed() };
}

/** @throws StyxyError INVALID_REQUEST when it is not said which services */
export async function forgetServices(
  { state, memory }: RememberedContext,
  { all, project, service_name }: ForgetQuery,
): Promise<ForgetAnswer> {
  if (!all && project === undefined) {
    throw new StyxyError('INVALID_REQUEST', 'it is not said what to forget', {
      hint: 'name a project (and one of its services), or ask for all',
    });
  }
  const found = matching(state, all ? {} : { project, service_name });
  const forgotten = found.map(describer(state)).toReversed();
  for (const { key } of found) memory.forget(key);
  return { success: true, forgotten };
}

/** A service of the whole machine is found in each project, by its name. */
function matching(
  { affinities }: Core['state'],
  { type, project, service_name: name }: Filter,
): Remembered[] {
  return [...affinities.all()].filter(({ key }) => {
    const service = serviceOf(key);
    if (type !== undefined && service.type !== type) return false;
    if (name !== undefined && service.name !== name) return false;
    return project === undefined || service.project === project || (!service.project && name !== undefined);
  });
}
