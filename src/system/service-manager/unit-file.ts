import { dirname } from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
import { readTextIfThere } from '../files/read-text.ts';
import { replaceFile } from '../files/replace.ts';
import { MARK } from './service.ts';

/** undefined when there is none. */
export const readUnitFile = (path: string): string | undefined => readTextIfThere(path);

export const isOurs = (text: string | undefined): boolean => text?.includes(MARK) ?? false;

export async function writeUnitFile(path: string, text: string): Promise<void> {
  makeFolder(dirname(path));
  await replaceFile(path, text, 0o644);
}
