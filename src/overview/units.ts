const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
] as const;

/** `now`, `40s`, `3m`, `2h 5m`, `4d 1h`. @param from ISO 8601 or ms; null: not known */
export function ageText(from: string | number | null, now: number): string {
  if (from === null) return '';
  const seconds = Math.max(0, Math.floor((now - new Date(from).getTime()) / 1000));
  if (seconds < 60) return seconds < 10 ? 'now' : `${Math.floor(seconds / 10) * 10}s`;
  const at = UNITS.findIndex(([, length]) => seconds >= length);
  const [unit, length] = UNITS[at]!;
  const [smaller, smallerLength] = UNITS[at + 1] ?? [];
  const rest = smallerLength === undefined ? 0 : Math.floor((seconds % length) / smallerLength);
  return `${Math.floor(seconds / length)}${unit}${rest > 0 ? ` ${rest}${smaller}` : ''}`;
}

export function bytesText(bytes: number): string {
  const mb = bytes / (1024 * 1024);
  if (mb < 1) return `${Math.round(bytes / 1024)} kB`;
  return mb < 1000 ? `${Math.round(mb)} MB` : `${(mb / 1024).toFixed(1)} GB`;
}
