/**
 * What may be told to terminals and logs as it is.
 * @returns undefined for a text with control characters: a folder may have a line break in its name
 */
export function plainText(text: string): string | undefined {
  return /[\u0000-\u001f\u007f]/.test(text) ? undefined : text;
}
