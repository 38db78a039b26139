import { readTextIfThere } from './files/read-text.ts';

/** What `daemon.pid` says: who runs, since when, and where it can be reached. */
export interface PidFile {
  pid: number;
  start_time: string;
  boot_id: string;
  nonce: string;
  version: string;
  /** ISO 8601 */
  started_at: string;
  /** Where the socket really is. */
  socket: string;
  /** The network namespace that it gives ports of; not known of older daemons and other systems. */
  network?: string | undefined;
  /** The machine that it runs on; not known of older daemons. */
  machine?: string | undefined;
}

/** undefined when there is none, or none that can be understood. */
export function readPidFile(path: string): PidFile | undefined {
  const content = readTextIfThere(path);
  return content === undefined ? undefined : parsePidFile(content);
}

export function parsePidFile(content: string): PidFile | undefined {
  try {
    const value: unknown = JSON.parse(content);
    return isPidFile(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPidFile(value: unknown): value is PidFile {
  if (typeof value !== 'object' || value === null) return false;
  const file = value as Record<string, unknown>;
  const texts = ['start_time', 'boot_id', 'nonce', 'version', 'started_at', 'socket'];
  return Number.isInteger(file.pid) && texts.every((key) => typeof file[key] === 'string');
}
