import type { ProcessDescription, ProcessRow, ProcessTable } from './process-table.ts';
import { runToolSync } from './run-tool-sync.ts';

/** Ticks of 100 ns since the year 1, in UTC: always 18 digits, so that texts compare like numbers. */
const ROW = '"$($_.ProcessId) $($_.ParentProcessId) $($_.CreationDate.ToUniversalTime().Ticks)"';

/** Windows: PowerShell's CIM classes, at some 300 ms per look (wmic is gone from new versions). */
export const windowsTable: ProcessTable = {
  read: (pid) => parseCim(ask(`${processes(`ProcessId=${pid}`)} | ForEach-Object { ${ROW} }`) ?? '')[0],
  readAll: () =>
    parseCim(ask(`${processes()} | Where-Object CreationDate | ForEach-Object { ${ROW} }`) ?? ''),
  view: () => undefined,
  findMarked: async () => [],
  describe,
  bootId,
};

/** Rows of `pid parent ticks`. Windows keeps the parent's pid after its end, and gives it to others. */
export function parseCim(text: string): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, pid, parent, startTime] = /^(\d+) (\d+) (\d+)$/.exec(line.trim()) ?? [];
    if (startTime !== undefined) rows.push({ pid: Number(pid), parent: Number(parent), startTime });
  }
  const starts = new Map(rows.map((row) => [row.pid, row.startTime]));
  return rows.map((row) => {
    const parentStart = starts.get(row.parent);
    const isStranger = parentStart !== undefined && parentStart > row.startTime;
    return isStranger ? { ...row, parent: 0 } : row;
  });
}

function describe(pid: number): ProcessDescription | undefined {
  const text = ask(
    `${processes(`ProcessId=${pid}`)} | ForEach-Object { "$($_.Name)|$($_.CommandLine)" }`,
  )?.trim();
  if (!text) return undefined;
  const name = text.slice(0, text.indexOf('|'));
  return { pid, command: text.slice(name.length + 1) || name, cwd: null, user: null };
}

/** @throws Error when PowerShell doesn't answer. */
function bootId(): string {
  const ticks = ask('(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToUniversalTime().Ticks')?.trim();
  if (!ticks) throw new Error('PowerShell did not say when Windows started');
  return ticks;
}

function processes(filter?: string): string {
  return `Get-CimInstance Win32_Process${filter === undefined ? '' : ` -Filter "${filter}"`}`;
}

function ask(command: string): string | undefined {
  return runToolSync('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command]);
}
