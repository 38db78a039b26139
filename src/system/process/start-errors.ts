import { SHORTAGES } from '../../base/shortage.ts';
import { StyxyError, systemCode } from '../../base/styxy-error.ts';

/** Why the system does not start a program, as execve(2) has it, in words; a shell says 126 to all of them. */
const REASONS: Readonly<Record<string, { why: string; hint?: string }>> = {
  EACCES: { why: 'it may not be executed (EACCES)' },
  EPERM: { why: 'the system does not allow it (EPERM)', hint: 'ask those who look after this machine' },
  EISDIR: { why: 'it is a folder (EISDIR)', hint: 'name a program' },
  ENAMETOOLONG: { why: 'its name is too long (ENAMETOOLONG)', hint: 'give a shorter path' },
  ELOOP: { why: 'its links lead in a circle (ELOOP)', hint: 'correct the links' },
  ETXTBSY: {
    why: 'another program writes to it just now (ETXTBSY)',
    hint: 'try again once it is written',
  },
  E2BIG: {
    why: 'its arguments and variables are too long (E2BIG)',
    hint: 'pass fewer or shorter arguments, or put them into a file',
  },
  ...SHORTAGES,
};

/** @param error of spawn; @param command the words that were to be started */
export function asCommandError(error: unknown, [file = '']: readonly string[]): unknown {
  return commandError(systemCode(error), file, error) ?? error;
}

/** @param code of the system's error @returns undefined for one that says nothing about the command */
export function commandError(
  code: string | undefined,
  file: string,
  error?: unknown,
): StyxyError | undefined {
  if (code === 'ENOENT' || (code === 'ENOTDIR' && !file.includes('/'))) {
    return new StyxyError('COMMAND_NOT_FOUND', `there is no command "${file}"`, { cause: error });
  }
  if (code === 'ENOTDIR') {
    return new StyxyError('COMMAND_NOT_FOUND', `there is no command "${file}"`, {
      why: 'a part of its path is no folder (ENOTDIR)',
      cause: error,
    });
  }
  const reason = REASONS[code ?? ''];
  if (!reason) return undefined;
  return new StyxyError('COMMAND_NOT_EXECUTABLE', `"${shortened(file)}" can't be executed`, {
    ...reason,
    cause: error,
  });
}

const LONGEST = 200;

/** A name that is too long is no use to anybody in full. */
const shortened = (name: string): string => (name.length <= LONGEST ? name : `${name.slice(0, LONGEST)}…`);
