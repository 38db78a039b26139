import type { ProcessDescription, ProcessIdentity, ProcessRow, ProcessTable } from './process-table.ts';
import { runTool } from './run-tool.ts';
import { runToolSync } from './run-tool-sync.ts';

const COLUMNS = 'pid=,ppid=,stat=,lstart=';

/** macOS (and other systems with a BSD ps): one `ps` of 10-15 ms per look. */
export const macosTable: ProcessTable = {
  read: (pid) => parsePs(runToolSync('ps', ['-o', COLUMNS, '-p', String(pid)]) ?? '')[0],
  readAll: () => parsePs(runToolSync('ps', ['-A', '-o', COLUMNS]) ?? ''),
  view: () => undefined,
  findMarked,
  describe,
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

/** Best effort: `ps -E` prints the environment behind the command, both with blanks between their parts. */
async function findMarked(name: string, value: string): Promise<ProcessIdentity[]> {
  const text = (await runTool('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='])) ?? '';
  const marked = [...parsePsCommands(text)].filter(([, words]) => `${words} `.includes(` ${name}=${value} `));
  const pids = new Set(marked.map(([pid]) => pid));
  if (pids.size === 0) return [];
  return macosTable.readAll().filter((row) => pids.has(row.pid));
}

function describe(pid: number): ProcessDescription | undefined {
  const line = runToolSync('ps', ['-ww', '-o', 'user=,command=', '-p', String(pid)]);
  const [, user, command] = /^\s*(\S+)\s+(\S.*?)\s*$/m.exec(line ?? '') ?? [];
  if (user === undefined || command === undefined) return undefined;
  const folders = runToolSync('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn']);
  return { pid, command, cwd: /^n(.*)$/m.exec(folders ?? '')?.[1] ?? null, user };
}

/** @throws Error when sysctl doesn't answer. */
function bootId(): string {
  const id = runToolSync('sysctl', ['-n', 'kern.bootsessionuuid'])?.trim();
  if (!id) throw new Error('`sysctl -n kern.bootsessionuuid` gave no answer');
  return id;
}
