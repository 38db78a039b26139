import type { ProcessDescription, ProcessRow, ProcessTable } from './process-table.ts';
import { runTool } from './run-tool.ts';
import { runToolSync } from './run-tool-sync.ts';

/** Ticks of 100 ns since the year 1, in UTC: always 18 digits, so that texts compare like numbers. */
const ROW = '"$($_.ProcessId) $($_.ParentProcessId) $($_.CreationDate.ToUniversalTime().Ticks)"';

/** Windows: PowerShell's CIM classes, at some 300 ms per look (wmic is gone from new versions). */
export const windowsTable: ProcessTable = {
  read: (pid) => parseCim(ask(`${processes(`ProcessId=${pid}`)} | ForEach-Object { ${ROW} }`) ?? '')[0],
  readAll: () =>
    parseCim(ask(`${processes()} | Where-Object CreationDate | ForEach-Object { ${ROW} }`) ?? ''),
  view: () => undefined,
  findAllMarked: async () => new Map(),
  describer: () => describe,
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
    const isYounger = parentStart !== undefined && parentStart > row.startTime;
    return isYounger ? { ...row, parent: 0 } : row;
  });
}

/** Command lines of other users are empty; the user is asked of each process, which fails for theirs. */
const DESCRIPTION =
  '$o = Invoke-CimMethod -InputObject $_ -MethodName GetOwner -ErrorAction SilentlyContinue; ' +
  '"$($_.ProcessId)|$($_.CreationDate.ToUniversalTime().Ticks)|$($o.User)|$($_.Name)|$($_.CommandLine)"';

/** 100 ns from the year 1 to 1970, where our time begins. */
const EPOCH_TICKS = 621_355_968_000_000_000n;

/** Lines of `pid|ticks|user|name|command line`, by pid. Windows doesn't tell the folder. */
export function parseCimDescriptions(text: string): Map<number, ProcessDescription> {
  const described = new Map<number, ProcessDescription>();
  for (const line of text.split(/\r?\n/)) {
    const [, id, ticks, user, name, command] =
      /^(\d+)\|(\d*)\|([^|]*)\|([^|]*)\|(.*)$/.exec(line.trim()) ?? [];
    if (id === undefined) continue;
    const startedAt = ticks ? new Date(Number((BigInt(ticks) - EPOCH_TICKS) / 10_000n)).toISOString() : null;
    const pid = Number(id);
    described.set(pid, { pid, command: command || name || null, cwd: null, user: user || null, startedAt });
  }
  return described;
}

/** Of several processes at once. */
export async function describeByCim(pids: readonly number[]): Promise<Map<number, ProcessDescription>> {
  if (pids.length === 0) return new Map();
  const wanted = pids.map((pid) => `ProcessId=${pid}`).join(' OR ');
  const command = `${processes(wanted)} | ForEach-Object { ${DESCRIPTION} }`;
  return parseCimDescriptions(
    (await runTool('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command])) ?? '',
  );
}

function describe(pid: number): ProcessDescription | undefined {
  const text = ask(`${processes(`ProcessId=${pid}`)} | ForEach-Object { ${DESCRIPTION} }`);
  return parseCimDescriptions(text ?? '').get(pid);
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
