import { StyxyError } from './styxy-error.ts';

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Milliseconds of `500ms`, `30s`, `10m`, `2h`, `1d`; a bare number means seconds.
 * @throws StyxyError USAGE when the text is no duration.
 */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim());
  const unit = match && UNITS[match[2] ?? 's'];
  if (!match || !unit) {
    throw new StyxyError('USAGE', `"${text}" is not a duration`, { hint: 'write it like 30s, 10m or 2h' });
  }
  return Math.round(Number(match[1]) * unit);
}

/** A length of time for people, in its largest useful unit: `3s`, `12m`, `5h`, `2d`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes}m`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours}h` : `${Math.round(hours / 24)}d`;
}
