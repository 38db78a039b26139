import { hostname } from 'node:os';
import { readTextOrNothing } from './files/read-text.ts';

/** The same after each boot of this machine, and another one on each other machine that may share a disk with it. */
export function machineName(): string {
  return readTextOrNothing('/etc/machine-id')?.trim() || hostname();
}
