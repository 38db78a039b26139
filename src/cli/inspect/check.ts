import { parsePort } from '../../base/port-number.ts';
import type { Context } from '../context.ts';
import { keptWords } from './remembered.ts';

export async function execute(
  { coordinator, out }: Context,
  { json }: { json?: boolean },
  [text = '']: string[],
) {
  const answer = await coordinator.check(parsePort(text, 'the port to check'));
  if (json) out.json(answer);
  else {
    const state = answer.available ? out.paint('green', 'free') : out.paint('red', 'taken');
    const kept = answer.kept_for ? `, and kept for ${keptWords(answer.kept_for)}` : '';
    out.line(`${answer.port} is ${state}${answer.available ? kept : `: ${answer.reason}`}`);
  }
  return answer.available ? 0 : 1;
}
