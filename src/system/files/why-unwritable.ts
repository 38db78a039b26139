import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../base/styxy-error.ts';

const ENOUGH_TO_NOTICE = 16 * 1024;

/** The system's word on why nothing can be written to a folder; undefined when it can. */
export function whyUnwritable(folder: string): string | undefined {
  const probe = join(folder, `.write-test-${process.pid}`);
  try {
    writeFileSync(probe, Buffer.alloc(ENOUGH_TO_NOTICE));
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    rmSync(probe, { force: true });
  }
}
