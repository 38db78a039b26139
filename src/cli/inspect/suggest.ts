import { ownTypeIn } from '../../project/own-types.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';

export async function execute(
  { coordinator, cwd, out, looking }: Context,
  { count, force, json }: { count: number; force?: boolean; json?: boolean },
  [type = 'dev']: string[],
): Promise<number> {
  const { path } = findWorktree(cwd);
  const answer = await coordinator.suggest(type, {
    count,
    force,
    project_path: path,
    service_type_definition: await ownTypeIn(cwd, path, type, looking),
  });
  if (json) out.json(answer);
  else {
    for (const port of answer.suggestions) out.data(String(port));
    if (answer.range) out.note(`service type "${type}" is new: it would get ports ${answer.range.join('-')}`);
  }
  return answer.suggestions.length > 0 ? 0 : 1;
}
