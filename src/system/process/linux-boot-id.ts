import { readTextOrNothing } from '../files/read-text.ts';
import { parseBootTime } from './proc-stat.ts';
import { bootOffset } from './time-namespace.ts';

/** Changes with every start of the machine, and only then. @throws Error where the kernel tells neither its boot id nor when it started. */
export function linuxBootId(): string {
  const id = readTextOrNothing('/proc/sys/kernel/random/boot_id')?.trim();
  // Some sandboxes have no boot id, but say when they started, in seconds since the epoch.
  const known = id ?? parseBootTime(readTextOrNothing('/proc/stat') ?? '', bootOffset())?.toString();
  if (known === undefined) throw new Error('/proc has neither a boot id nor a boot time');
  return known;
}
