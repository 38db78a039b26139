import type { HostPort } from '../runners/start.ts';
import { isWritable } from '../text/word.ts';
import type { PortEdits } from './way.ts';

/** How a port that a container publishes is changed: in its option, or by the variable that its file reads. */
export function hostPortEdits({
  port,
  word,
  prefix = '',
  suffix = '',
  variable,
  override,
}: HostPort): PortEdits {
  const base = { wanted: port, edits: () => [], env: () => ({}) };
  if (variable !== undefined)
    return {
      ...base,
      reached: true,
      how: `publishes the port that ${variable} names`,
      env: (next) => ({ [variable]: String(next) }),
    };
  if (word && isWritable(word.source)) {
    const { source, start, end } = word;
    const edits = (next: number) => [{ source, start, end, words: [`${prefix}${next}${suffix}`] }];
    return { ...base, reached: true, how: 'publishes its port by an option', edits };
  }
  if (override) return { ...base, reached: true, how: 'publishes its port by a file beside its own' };
  return {
    ...base,
    reached: false,
    isFixed: port !== undefined,
    how: `publishes port ${port}, which its file has hard-coded`,
  };
}
