import { withPort } from '../match/port-text.ts';
import type { Listening } from '../sources/listening.ts';
import { type Command, isStripped } from '../text/command.ts';
import { variableEdits } from './port-edits.ts';
import type { PortEdits } from './way.ts';

/** For a program of the project whose text says where it listens. */
export function sourceEdits(listening: Listening, command: Command): PortEdits {
  const { port, variable, value, place, isFixed } = listening;
  const own = variableEdits(command);
  const where = place.file === '' ? 'its own text' : `${place.file}:${place.line}`;
  if (variable === undefined) {
    if (port === undefined || own.wanted !== undefined) return own;
    return {
      ...own,
      wanted: port,
      reached: false,
      readsPort: false,
      isFixed,
      how: `listens on port ${port}, which ${where} has hard-coded`,
    };
  }
  if (variable === 'PORT')
    return own.reached === 'unsure' ? { ...own, reached: true, how: `reads PORT in ${where}` } : own;
  if (isStripped(command, variable))
    return { ...own, reached: false, how: `gets no ${variable}: ${command.strips?.hint}` };
  const isSet = command.assignments.some(({ name }) => name === variable);
  if (isSet) return variableEdits(command, variable, value);
  return {
    ...own,
    reached: true,
    readsPort: false,
    how: `reads ${variable} in ${where}`,
    env: (next) => ({ [variable]: withPort(value, next) }),
  };
}
