import { describeByPs } from '../process/macos.ts';
import { ofHiddenProcess, ofProcess, type FoundListener } from './listener.ts';
import { readFolders, readLsof } from './lsof.ts';
import { readMacosNetstat } from './netstat.ts';

/**
 * lsof knows the processes, but only this user's; netstat has everybody's sockets.
 * @throws Error when netstat is missing
 */
export async function readOnMacos(): Promise<FoundListener[]> {
  const [all, visible = []] = await Promise.all([readMacosNetstat(), readLsof()]);
  const pids = [...new Set(visible.map(({ pid }) => pid))];
  const [described, folders] = await Promise.all([describeByPs(pids), readFolders(pids)]);
  const seen = new Set(visible.map(({ port }) => port));
  return [
    ...visible.map(({ address, port, pid, command, user }): FoundListener => {
      const named = described.get(pid) ?? { pid, command, user, startedAt: null };
      return { address, port, ...ofProcess({ ...named, cwd: folders.get(pid) ?? null }) };
    }),
    ...all.filter(({ port }) => !seen.has(port)).map((socket) => ({ ...ofHiddenProcess, ...socket })),
  ];
}
