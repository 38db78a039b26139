import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** The close-on-exec bit in /proc/PID/fdinfo (proc(5)), in octal there as here. */
const O_CLOEXEC = 0o2000000;

/**
 * Closes files that our starter left open to us, from descriptor `from` on: somebody may wait for the end of such a
 * pipe. Node closes the low ones at each start of a program, but stops at the first gap above 15. Its own all carry the
 * close-on-exec flag. Only Linux tells.
 */
export function closeInheritedFiles(from: number): void {
  if (process.platform !== 'linux') return;
  for (const name of readdirSync('/proc/self/fdinfo')) {
    const fd = Number(name);
    if (fd >= from && isInherited(fd)) closeSync(fd);
  }
}

function isInherited(fd: number): boolean {
  try {
    const [, flags = ''] = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? [];
    return flags !== '' && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    // The descriptor by which the folder was read is gone by now.
    return false;
  }
}
