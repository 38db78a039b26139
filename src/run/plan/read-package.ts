import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Name and scripts of the package.json in a folder; undefined when there is none that can be read. */
export function readPackage(
  cwd: string,
  folder: string,
): { name?: string; scripts: Record<string, string> } | undefined {
  try {
    const text = readFileSync(join(resolve(cwd, folder), 'package.json'), 'utf8');
    const content = JSON.parse(text) as { name?: unknown; scripts?: unknown };
    const scripts = typeof content.scripts === 'object' && content.scripts !== null ? content.scripts : {};
    const texts = Object.entries(scripts).filter(([, script]) => typeof script === 'string');
    return {
      ...(typeof content.name === 'string' && { name: content.name }),
      scripts: Object.fromEntries(texts),
    };
  } catch {
    return undefined;
  }
}
