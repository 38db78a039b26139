import words from '../../config/tool-words.json' with { type: 'json' };

/** The files that the table of tools is divided into. */
export type Family = keyof typeof words.families;

const FAMILIES = Object.entries(words.families) as [Family, string][];

/** The family that knows this program, so that only its file has to be loaded. */
export function familyOf(program: string): Family | undefined {
  return FAMILIES.find(([, names]) => names.includes(`|${program}|`))?.[0];
}

/** Whether a command that begins with this program can be more than the program itself. */
export function isKnownProgram(program: string): boolean {
  return words.runners.includes(`|${program}|`) || familyOf(program) !== undefined;
}
