import { appendToList, removeFromList } from '../../settings/json-list.ts';
import { isOurs } from './command.ts';
import type { Layout } from './layout.ts';

/** A settings file's text with our hooks in it; undefined: there is no such file. */
export function withHooks(text: string | undefined, { content }: Layout, command: string): string {
  if (content.kind === 'own') return content.text(command);
  const start = text ?? `${JSON.stringify(content.base, null, 2)}\n`;
  return content.items(command).reduce((edited, { path, item }) => appendToList(edited, path, item), start);
}

/** The same without any; undefined: nothing else was in it, so that the file need not be there. */
export function withoutHooks(text: string, { content }: Layout): string | undefined {
  if (content.kind === 'own') return isOurs(text) ? undefined : text;
  const left = content.items('').reduce((edited, { path }) => removeFromList(edited, path, isOurs), text);
  const isEmpty = left !== text && left.replaceAll(/\s/g, '') === JSON.stringify(content.base);
  return isEmpty ? undefined : left;
}
