import type { AutoAllocationAnswer, AutoAllocationRule } from '../../../protocol/answers/config.ts';
import type { Context } from '../../context.ts';
import type { Output } from '../../print/output.ts';
import { facts } from '../../print/table.ts';

export async function execute({ coordinator, out }: Context, { json }: { json?: boolean }): Promise<number> {
  const answer = await coordinator.autoAllocation();
  if (json) out.json(answer);
  else out.data(describe(answer, out));
  return 0;
}

function describe(answer: AutoAllocationAnswer, out: Output): string {
  const { min_port: min, max_port: max, ephemeral_ports: ephemeral, types } = answer;
  const from = (...keys: string[]): string => {
    const isUser = keys.some((key) => answer.origin[key] === 'user');
    return out.paint('dim', isUser ? '(config.json)' : '(built-in)');
  };
  const gap = answer.preserve_gaps ? `${answer.gap_size} ports` : 'none';
  const rules = Object.entries(answer.rules).map(([pattern, rule]) => `${pattern}: ${describeRule(rule)}`);
  return facts([
    ['auto-allocation', `${answer.enabled ? 'on' : 'off'} ${from('enabled')}`],
    ['new ranges', `${min}-${max} ${from('min_port', 'max_port')}, never in ${ephemeral.join('-')} (system)`],
    ['size', `${answer.default_chunk_size} ports ${from('default_chunk_size')}`],
    ['placement', `${answer.placement} ${from('placement')}`],
    ['gap', `${gap} ${from('preserve_gaps', 'gap_size')}`],
    ...rules.map((rule) => ['rule', `${rule} ${from('rules')}`] as const),
    [
      'types made',
      types.map(({ service_type: name, range }) => `${name} ${range.join('-')}`).join(', ') || 'none',
    ],
    ['file', answer.config_file],
  ]);
}

function describeRule({
  chunk_size: size,
  placement,
  preferred_range_start: start,
}: AutoAllocationRule): string {
  const parts = [
    size === undefined ? undefined : `${size} ports`,
    placement,
    start === undefined ? undefined : `from ${start}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ') || 'as any other';
}
