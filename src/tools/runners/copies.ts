import { textHash } from '../../base/text-hash.ts';
import type { Project } from '../project.ts';
import { baseName } from '../text/command.ts';
import { type CopySource, isWritable, type Place, type Span, type TextSource } from '../text/word.ts';

/**
 * A file that its reader takes a changed copy of. `tell` has the words for it, with `{file}` for its path.
 * undefined: no copy can be made, or nobody could be told.
 */
export function fileCopy(
  place: Place,
  text: string,
  tell: (Span & { words: readonly string[] }) | undefined,
  { copies }: Project,
): CopySource | undefined {
  if (copies === undefined || tell === undefined || !isWritable(tell.source)) return undefined;
  // Its reader may go by the end of the name.
  const path = `${copies}/${textHash(`${place.file}\n${text}`)}-${baseName(place.file)}`;
  const words = tell.words.map((word) => word.replace('{file}', path));
  return { kind: 'copy', text, place, path, tell: { ...tell, words } };
}

/** A command line of a file: of its copy, where it stands there letter by letter. */
export function lineSource(
  line: string,
  place: Place,
  copy: CopySource | undefined,
  start: number | undefined,
): TextSource {
  const isThere = copy !== undefined && start !== undefined && copy.text.startsWith(line, start);
  if (!isThere) return { kind: 'file', text: line, place };
  const outer = { source: copy, start, end: start + line.length, text: line, value: line };
  return { kind: 'quoted', text: line, outer };
}
