import { linuxTable } from './linux.ts';
import { macosTable } from './macos.ts';
import type { ProcessTable } from './process-table.ts';
import { windowsTable } from './windows.ts';

/** The process table of this machine. */
export function processTable(platform = process.platform): ProcessTable {
  if (platform === 'linux') return linuxTable;
  return platform === 'win32' ? windowsTable : macosTable;
}
