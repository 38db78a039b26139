/** Too little would be left to guess of a shorter one. */
const SHORTEST_SHOWN = 16;
const SHOWN = 4;

/** A secret as it may be printed: enough to tell two of them apart, `abcd***wxyz`. */
export function maskSecret(secret: string): string {
  if (secret.length < SHORTEST_SHOWN) return '***';
  return `${secret.slice(0, SHOWN)}***${secret.slice(-SHOWN)}`;
}
