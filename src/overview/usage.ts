import type { UsageAnswer } from '../protocol/answers/status.ts';
import { bytesText } from './units.ts';

/** What was told at one moment. ms, by a clock that never jumps */
export interface Usage extends UsageAnswer {
  readonly at: number;
}

/** `84 MB, 3 %` by lock id; without an earlier moment the memory alone. 100 % is one processor. */
export function loadsOf(before: Usage | undefined, { at, usages }: Usage): Map<string, string> {
  const earlier = new Map(before?.usages.map((each) => [each.lock_id, each.cpu_ms]));
  return new Map(
    usages.map(({ lock_id: id, memory, cpu_ms: cpu }) => {
      const since = earlier.get(id);
      // Less than before: processes have ended, or it was started again.
      const isKnown = before !== undefined && since !== undefined && cpu >= since;
      const load = isKnown ? `, ${Math.round(((cpu - since) / (at - before.at)) * 100)} %` : '';
      return [id, `${bytesText(memory)}${load}`];
    }),
  );
}
