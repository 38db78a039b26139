import type { ConfigForm } from '../adapters/tool.ts';
import type { Project } from '../project.ts';
import type { ConfiguredPort } from '../sources/config-file.ts';
import { baseName, type Command, joinDir } from '../text/command.ts';
import type { Edit } from '../text/edit.ts';
import { textHash } from '../../base/text-hash.ts';
import { type CopySource, isWritable, type Span } from '../text/word.ts';
import { slotOf } from './argument-edits.ts';
import { sourceEdits } from './source-edits.ts';
import type { PortEdits } from './way.ts';

/** For a tool whose port stands in its configuration only: it is told to read a copy with another number. */
export function configEdits(
  configured: ConfiguredPort,
  form: ConfigForm,
  command: Command,
  project: Project,
): PortEdits {
  const own = sourceEdits(configured, command);
  const { numbers, place, port, text, isBlank } = configured;
  if (own.reached !== false || numbers.length === 0 || form.copy === undefined) return own;
  const tell = tellOf(configured, form, command);
  const { copies, here } = project;
  if (copies === undefined || here === undefined || tell === undefined) return own;
  // Its reader may go by the end of the name.
  const path = `${copies}/${textHash(`${place.file}\n${text}`)}-${baseName(place.file)}`;
  const told = tell.words.map((word) => word.replace('{file}', path));
  const copy: CopySource = { kind: 'copy', text, place, path, tell: { ...tell, words: told } };
  const whole = joinDir(here.folder, place.file) ?? place.file;
  const moved = relativePaths(
    copy,
    form.copy.relative,
    whole.startsWith('/') ? whole : `${here.top}/${whole}`,
  );
  return {
    ...own,
    copy,
    reached: true,
    isFixed: false,
    readsPort: false,
    how: isBlank
      ? `takes its port from a ${place.file} that is written for it`
      : `listens on port ${port}, which is replaced in a copy of ${place.file}:${place.line}`,
    edits: (next) => [...numbers.map((span) => ({ source: copy, ...span, words: [String(next)] })), ...moved],
  };
}

/** The words that name the file are exchanged; where none do, they are added. */
function tellOf(
  { option }: ConfiguredPort,
  { options: [flag = ''] = [], copy }: ConfigForm,
  command: Command,
): (Span & { words: string[] }) | undefined {
  const word = option?.value ?? option?.name;
  if (option && word) {
    if (!isWritable(word.source)) return undefined;
    const lead = option.value ? '' : `${option.name.text.slice(0, option.name.text.indexOf('='))}=`;
    return {
      source: word.source,
      start: word.start,
      end: word.end,
      words: [`${lead}{file}`, ...(copy?.words ?? [])],
    };
  }
  const slot = slotOf(command, command.slot?.source);
  if (slot === undefined) return undefined;
  const words = [...slot.lead, flag, '{file}', ...(copy?.words ?? [])];
  return { source: slot.source, start: slot.at, end: slot.at, words };
}

/** Files that the configuration names, from where it stands. */
function relativePaths(source: CopySource, pattern: RegExp | undefined, file: string): Edit[] {
  const folder = joinDir(file, '..') ?? '.';
  return [...source.text.matchAll(pattern ?? /$^/g)].flatMap((match): Edit[] => {
    const path = match.groups?.['path'];
    if (path === undefined) return [];
    const start = match.index + match[0].lastIndexOf(path);
    return [{ source, start, end: start + path.length, words: [`${folder}/${path}`] }];
  });
}
