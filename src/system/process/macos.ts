import type { ProcessDescription, ProcessIdentity, ProcessRow, ProcessTable } from './process-table.ts';
import { runTool } from './run-tool.ts';
import { runToolSync } from './run-tool-sync.ts';

const COLUMNS = 'pid=,ppid=,stat=,lstart=';
const DESCRIPTION = 'pid=,user=,lstart=,command=';

/** macOS (and other systems with a BSD ps): one `ps` of 10-15 ms per look. */
export const macosTable: ProcessTable = {
  read: (pid) => parsePs(runToolSync('ps', ['-o', COLUMNS, '-p', String(pid)]) ?? '')[0],
  readAll: () => parsePs(runToolSync('ps', ['-A', '-o', COLUMNS]) ?? ''),
  view: () => undefined,
  findAllMarked,
  describer: () => describe,
  bootId,
};

/** Rows of `ps -o pid=,ppid=,stat=,lstart=`: the start is a date of five words, with a resolution of 1 s. */
export function parsePs(text: string): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const line of text.split('\n')) {
    const [, pid, parent, state, startTime] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S.*?)\s*$/.exec(line) ?? [];
    if (startTime === undefined || state?.startsWith('Z')) continue;
    rows.push({ pid: Number(pid), parent: Number(parent), startTime });
  }
  return rows;
}

/** pid -> the rest of the line, for `ps -o pid=,command=`. */
export function parsePsCommands(text: string): Map<number, string> {
  const commands = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [, pid, command] = /^\s*(\d+)\s+(\S.*?)\s*$/.exec(line) ?? [];
    if (command !== undefined) commands.set(Number(pid), command);
  }
  return commands;
}

/** pid -> the value of an environment variable, for `ps -E -o pid=,command=`. Of two, the last one stands in the environment. */
export function parsePsVariable(text: string, name: string): Map<number, string> {
  const values = new Map<number, string>();
  for (const [pid, words] of parsePsCommands(text)) {
    const word = words.split(/\s+/).findLast((each) => each.startsWith(`${name}=`));
    if (word !== undefined) values.set(pid, word.slice(name.length + 1));
  }
  return values;
}

/**
 * What `ps -o pid=,user=,lstart=,command=` says of processes, by pid. The start is five words, like
 * `Sat Nov 21 09:22:54 2026`, in the time zone that ps was given: UTC.
 */
export function parsePsDescriptions(text: string): Map<number, Omit<ProcessDescription, 'cwd'>> {
  const described = new Map<number, Omit<ProcessDescription, 'cwd'>>();
  for (const line of text.split('\n')) {
    const [, pid, user, start, command] =
      /^\s*(\d+)\s+(\S+)\s+(\w{3}\s+\w+\s+\w+\s+[\d:]{8}\s+\d{4})\s+(\S.*?)\s*$/.exec(line) ?? [];
    if (user === undefined || start === undefined || command === undefined) continue;
    const time = new Date(`${start} UTC`);
    const startedAt = Number.isFinite(time.valueOf()) ? time.toISOString() : null;
    described.set(Number(pid), { pid: Number(pid), command, user, startedAt });
  }
  return described;
}

/** Of several processes at once, without their folders. */
export async function describeByPs(
  pids: readonly number[],
): Promise<Map<number, Omit<ProcessDescription, 'cwd'>>> {
  if (pids.length === 0) return new Map();
  return parsePsDescriptions((await runTool('ps', ['-ww', '-o', DESCRIPTION, '-p', pids.join(',')])) ?? '');
}

/** Best effort: `ps -E` prints the environment behind the command, both with blanks between their parts. */
async function findAllMarked(name: string): Promise<Map<string, ProcessIdentity[]>> {
  const text = (await runTool('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='])) ?? '';
  const values = parsePsVariable(text, name);
  const found = new Map<string, ProcessIdentity[]>();
  for (const { pid, startTime } of values.size > 0 ? macosTable.readAll() : []) {
    const value = values.get(pid);
    if (value !== undefined) found.set(value, [...(found.get(value) ?? []), { pid, startTime }]);
  }
  return found;
}

function describe(pid: number): ProcessDescription | undefined {
  const text = runToolSync('ps', ['-ww', '-o', DESCRIPTION, '-p', String(pid)]);
  const described = parsePsDescriptions(text ?? '').get(pid);
  if (!described) return undefined;
  const folders = runToolSync('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn']);
  return { ...described, cwd: /^n(.*)$/m.exec(folders ?? '')?.[1] ?? null };
}

/** @throws Error when sysctl doesn't answer. */
function bootId(): string {
  const id = runToolSync('sysctl', ['-n', 'kern.bootsessionuuid'])?.trim();
  if (!id) throw new Error('`sysctl -n kern.bootsessionuuid` gave no answer');
  return id;
}
