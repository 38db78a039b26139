import type { Context } from '../../context.ts';

export async function execute(
  { coordinator, out }: Context,
  { json }: { json?: boolean },
  [type = '']: string[],
): Promise<number> {
  const answer = await coordinator.undoAutoAllocation(type);
  if (json) out.json(answer);
  else
    out.note(`service type "${answer.service_type}" is gone; its ports ${answer.range.join('-')} are free`);
  return 0;
}
