import { findFault } from '../../settings/json-positions.ts';
import { appendToList, removeFromList } from '../../settings/json-list.ts';
import { isOurs } from './command.ts';
import type { Layout } from './layout.ts';

/** A settings file's text with our hooks in it; undefined: there is no such file. */
export function withHooks(
  text: string | undefined,
  { content }: Layout,
  command: string,
  template: string,
): string {
  if (content.kind === 'own') return content.text(command, template);
  const begun = text === undefined ? `${JSON.stringify(content.base, null, 2)}\n` : checked(text);
  return content.items(command).reduce((edited, { path, item }) => appendToList(edited, path, item), begun);
}

/** The same without any; undefined: it was only ours, so that the file need not be there. */
export function withoutHooks(text: string, { content }: Layout): string | undefined {
  if (!isOurs(text)) return text;
  if (content.kind === 'own') return undefined;
  return content.items('').reduce((edited, { path }) => removeFromList(edited, path, isOurs), checked(text));
}

/** Nothing but what a file holds that was made for our hooks. */
export function isBare(text: string, { content }: Layout): boolean {
  return content.kind === 'listed' && text.replaceAll(/\s/g, '') === JSON.stringify(content.base);
}

/** @throws Error that says where it is no JSON; comments are no fault here, for agents allow them */
function checked(text: string): string {
  const fault = findFault(text.replace(/^\uFEFF/, ''), { allowsComments: true });
  if (fault) throw new Error(`line ${fault.line}, column ${fault.column}: expected ${fault.expected}`);
  return text;
}
