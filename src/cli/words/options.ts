import { InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../base/duration.ts';
import { messageOf } from '../../base/styxy-error.ts';
import { isPort } from '../../base/port-number.ts';
import { LONGEST_TTL_MS, MOST_SUGGESTIONS } from '../../protocol/limits.ts';

/** Readers of option values. What they throw stands behind `why:`, below a line that names the option. */

export function portOption(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (isPort(port)) return port;
  throw new InvalidArgumentError('a port is a whole number from 1 to 65535');
}

export function countOption(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('give a whole number from 0 to 999');
}

export function suggestionsOption(text: string): number {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  if (count >= 1 && count <= MOST_SUGGESTIONS) return count;
  throw new InvalidArgumentError(`give a whole number from 1 to ${MOST_SUGGESTIONS}`);
}

export function entriesOption(text: string): number {
  if (/^\d{1,4}$|^10000$/.test(text)) return Number(text);
  throw new InvalidArgumentError('give a whole number from 0 to 10000');
}

export function pidOption(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('give the id of a running process');
}

/** @returns ms */
export function durationOption(text: string): number {
  try {
    const ms = parseDuration(text);
    if (ms > 0) return ms;
  } catch (error) {
    throw new InvalidArgumentError(`${messageOf(error)}: write it like 30s, 10m or 2h`);
  }
  throw new InvalidArgumentError('give more time than none');
}

/** @returns ms */
export function ttlOption(text: string): number {
  const ms = durationOption(text);
  if (ms <= LONGEST_TTL_MS) return ms;
  throw new InvalidArgumentError('give at most 30d');
}

/** May be given several times. */
export function variableOption(text: string, previous: string[] = []): string[] {
  if (!/^[A-Za-z_]\w*$/.test(text))
    throw new InvalidArgumentError('give the name of an environment variable');
  return [...previous, text];
}

/** `web=dev,hmr=proxy`: services by name, with their types. */
export function portsOption(text: string): { name: string; type: string }[] {
  const variables = new Set<string>();
  return text.split(',').map((part) => {
    const [, name = '', type = ''] = /^([^\s=]+)=([^\s=]+)$/.exec(part.trim()) ?? [];
    if (!name) throw new InvalidArgumentError(`"${part}" is not <name>=<type>, as in web=dev,hmr=proxy`);
    // Both would be told by the same variables.
    const variable = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
    if (variables.has(variable)) throw new InvalidArgumentError(`"${part}" names a port a second time`);
    variables.add(variable);
    return { name, type };
  });
}

const DEFAULT_TIMEOUT_MS = 30_000;

export function timeoutOption(description: string): Option {
  return new Option('--timeout <time>', description)
    .argParser(durationOption)
    .default(DEFAULT_TIMEOUT_MS, '30s');
}
