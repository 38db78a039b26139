/** The name of the launcher: a project's own way to Styxy, for those who have it and those who don't. */
export const LAUNCHER = 'styxy.cjs';

/** What stands in front of a command that is run through Styxy. */
export type Style = 'launcher' | 'plain';

/** @param dir of the package, relative to the launcher's folder */
export function wrapperWords(style: Style, dir: string): string[] {
  if (style === 'plain') return ['styxy', 'run', '--'];
  const up = dir === '.' ? '' : '../'.repeat(dir.split('/').length);
  return ['node', `${up}${LAUNCHER}`, 'run', '--'];
}

/** The script without any launcher, options that were added to it included. */
export function unwrapped(script: string): string {
  return script.replaceAll(/\bnode (?:\.\.\/)*styxy\.cjs run (?:-[^"'&|;]*? )?-- /g, '');
}

/** A text that `styxy init` wrote, of whatever version. */
export function isLauncher(text: string): boolean {
  return text.slice(0, 200).includes('Written by `styxy init`');
}
