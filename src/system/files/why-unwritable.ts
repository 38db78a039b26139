import { existsSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/**
 * The system's word on why a folder that is not there could not be made; undefined when it could. Tried under another
 * name: permissions say nothing about a file system that takes no folders (/proc), and for root they are always there.
 */
export function whyUnmakable(folder: string): string | undefined {
  const parent = dirname(folder);
  if (!existsSync(parent) && parent !== folder) return whyUnmakable(parent);
  const probe = join(parent, `.write-test-${process.pid}`);
  try {
    mkdirSync(probe, { mode: 0o700 });
    rmdirSync(probe);
    return undefined;
  } catch (error) {
    return messageOf(error).replaceAll(probe, folder);
  }
}

/** Why a program of ours could write nothing there, whether the folder is there or not. */
export const whyUnusable = (folder: string): string | undefined =>
  existsSync(folder) ? whyUnwritable(folder) : whyUnmakable(folder);
