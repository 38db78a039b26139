import { editJson } from '../settings/json-edit.ts';

/** The text of a package.json with other scripts, and each other byte as it was. */
export function withScripts(text: string, scripts: Readonly<Record<string, string>>): string {
  const changes = Object.entries(scripts).map(([name, value]) => ({
    path: ['scripts', name] as const,
    value,
  }));
  return editJson(text, changes);
}
