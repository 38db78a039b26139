import type { Context } from '../../context.ts';

export function createSwitch(enabled: boolean) {
  return async ({ coordinator, out }: Context, { json }: { json?: boolean }): Promise<number> => {
    const answer = await coordinator.setAutoAllocation({ enabled });
    if (json) out.json(answer);
    else if (enabled) out.note('auto-allocation is on: unknown service types get a range of their own');
    else out.note('auto-allocation is off: unknown service types are refused; those already made stay');
    return 0;
  };
}
