import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One import of a source file, as it is written there. */
export interface Import {
  readonly target: string;
  readonly isTypeOnly: boolean;
  readonly isDynamic: boolean;
}

/** A source file, named by its path from the repository's root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** All TypeScript of `src`. */
export function readSources(): SourceFile[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .toSorted()
    .map((path) => sourceFile(path, readFileSync(join(root, path), 'utf8')));
}

export function sourceFile(path: string, text: string): SourceFile {
  const code = withoutComments(text);
  return { path, text, code, imports: [...importsIn(code)] };
}

/** Comments that stand alone, and those behind code; a `//` inside of a string is none. */
function withoutComments(text: string): string {
  return text
    .replaceAll(/^\s*\/\*[\s\S]*?\*\//gm, '')
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .replaceAll(/(?<=[;,{})\s])\s\/\/ .*$/gm, '');
}

function* importsIn(code: string): Generator<Import> {
  for (const [, word, target] of code.matchAll(/^(?:import|export)\s(type\s)?[^'";]*?\bfrom\s'([^']+)'/gm)) {
    yield { target: target ?? '', isTypeOnly: word !== undefined, isDynamic: false };
  }
  for (const [, target] of code.matchAll(/^import\s'([^']+)'/gm)) {
    yield { target: target ?? '', isTypeOnly: false, isDynamic: false };
  }
  for (const [, target] of code.matchAll(/\bimport\(\s*'([^']+)'/g)) {
    yield { target: target ?? '', isTypeOnly: false, isDynamic: true };
  }
}
