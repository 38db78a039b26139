import { readdirSync } from 'node:fs';

/** What lies in a folder; nothing where there is none, or one that can't be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
