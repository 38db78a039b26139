import { messageOf, StyxyError, systemCode } from './styxy-error.ts';

/** What the system or this process has no more of, as errno(3) has it, in words. */
export const SHORTAGES: Readonly<Record<string, { why: string; hint: string }>> = {
  EAGAIN: {
    why: 'no more processes may be started (EAGAIN)',
    hint: 'end some programs, or raise ulimit -u',
  },
  ENOMEM: { why: 'there is not enough memory (ENOMEM)', hint: 'end some programs' },
  EMFILE: { why: 'this process has too many files open (EMFILE)', hint: 'raise ulimit -n' },
  ENFILE: { why: 'the machine has too many files open (ENFILE)', hint: 'end some programs' },
};

/** The error for a call that failed for want of files, memory or processes; undefined for any other. @param who lacks it */
export function ofShortage(thrown: unknown, who: string): StyxyError | undefined {
  const code = systemCode(thrown) ?? '';
  // Of a file or a socket, EAGAIN means something else.
  if (code === 'EAGAIN' && !messageOf(thrown).startsWith('spawn')) return undefined;
  const shortage = SHORTAGES[code];
  return shortage && new StyxyError('OUT_OF_RESOURCES', `${who} can't go on`, { ...shortage, cause: thrown });
}
