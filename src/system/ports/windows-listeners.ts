import { describeByCim } from '../process/windows.ts';
import { ofHiddenProcess, ofProcess, type FoundListener } from './listener.ts';
import { readWindowsNetstat } from './netstat.ts';

/** netstat knows everybody's sockets and pids, PowerShell what this user may know of the processes. @throws Error when netstat is missing */
export async function readOnWindows(): Promise<FoundListener[]> {
  const sockets = await readWindowsNetstat();
  const described = await describeByCim([
    ...new Set(sockets.flatMap(({ pid }) => (pid === null ? [] : [pid]))),
  ]);
  return sockets.map(({ address, port, pid }) => {
    const description = pid === null ? undefined : described.get(pid);
    return { address, port, ...ofHiddenProcess, pid, ...(description && ofProcess(description)) };
  });
}
