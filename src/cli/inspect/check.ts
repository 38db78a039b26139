import { parsePort } from '../../base/port-number.ts';
import type { Context } from '../context.ts';

export async function execute(
  { coordinator, out }: Context,
  { json }: { json?: boolean },
  [text = '']: string[],
) {
  const answer = await coordinator.check(parsePort(text, 'the port to check'));
  if (json) out.json(answer);
  else {
    const state = answer.available ? out.paint('green', 'free') : out.paint('red', 'taken');
    out.line(`${answer.port} is ${state}${answer.available ? '' : `: ${answer.reason}`}`);
  }
  return answer.available ? 0 : 1;
}
