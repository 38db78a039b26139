import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { allPids, statOf } from '../../../support/processes.ts';

/** A process and everything that it started, as far as a chain of parents leads there (Linux). */
export function treeOf(root: number): number[] {
  const parents = new Map(allPids().map((pid) => [pid, statOf(pid)?.parent]));
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === root || isBelow(parents.get(pid)));
  return [...parents.keys()].filter(isBelow);
}

/** The ports that processes listen on by TCP, as the kernel says it: independent of the code under test. */
export function portsOf(pids: Iterable<number>): number[] {
  const listening = new Map([...listeners('tcp'), ...listeners('tcp6')]);
  const ports = [...pids].flatMap(socketsOf).flatMap((inode) => listening.get(inode) ?? []);
  return [...new Set(ports)].toSorted((a, b) => a - b);
}

const LISTEN = '0A';

function listeners(table: 'tcp' | 'tcp6'): [inode: string, port: number][] {
  const [, ...rows] = readFileSync(`/proc/net/${table}`, 'latin1').trim().split('\n');
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTEN)
    .map((fields) => [fields[9] ?? '', Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)]);
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
