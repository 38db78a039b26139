import * as v from 'valibot';
import { HIGHEST_PORT, LOWEST_PORT } from '../../base/port-number.ts';
import { FIRST_UNPRIVILEGED_PORT } from '../../domain/port.ts';
import { NAME } from '../../domain/service-name.ts';

/**
 * The values that requests are made of. The folders `requests` and `answers` hold valibot schemas, from which the types
 * and the OpenAPI document are made. Clients import their types only; the daemon loads the schemas of requests.
 */

/** A schema with what it means, for readers of the published API. */
/* @__NO_SIDE_EFFECTS__ */
export function about<const Schema extends v.GenericSchema>(schema: Schema, meaning: string) {
  return v.pipe(schema, v.description(meaning));
}

/* @__NO_SIDE_EFFECTS__ */

export function wholeNumber(least: number, most: number, what = 'a whole number') {
  const expected = `expected ${what} from ${least} to ${most}`;
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(least, expected),
    v.maxValue(most, expected),
  );
}

const NO_CONTROL_CHARACTERS = /^[^\u0000-\u001f\u007f]*$/;

/** JSON Schema counts code points where `length` counts UTF-16 units. */
/* @__NO_SIDE_EFFECTS__ */
function textOf(longest: number, signs: RegExp, rule: string) {
  const expected = `expected text of at most ${longest} characters`;
  return v.pipe(
    v.string(expected),
    v.check((given) => given.length <= longest || codePoints(given) <= longest, expected),
    v.metadata({ maxLength: longest }),
    v.regex(signs, rule),
  );
}

/** Text that may end up on terminals and in logs. */
/* @__NO_SIDE_EFFECTS__ */
export function text(longest: number) {
  return textOf(longest, NO_CONTROL_CHARACTERS, 'expected text without control characters');
}

const NO_NUL = /^[^\u0000]*$/;

/** A folder or a program as the file system has it: a name may have control characters, which are written out where it is printed. */
/* @__NO_SIDE_EFFECTS__ */
export function fileText(longest: number) {
  return textOf(longest, NO_NUL, 'expected a path, without a NUL character');
}

/** A worktree goes by one path: `/a/../b/` is `/b`. */
export const projectPath = v.pipe(fileText(4096), v.transform(normalized));

function normalized(path: string): string {
  if (!path.startsWith('/')) return path;
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  return `/${kept.join('/')}`;
}

function codePoints(given: string): number {
  let count = 0;
  for (const _ of given) count += 1;
  return count;
}

const NAME_WORDS = 'expected a name: letters, digits, ".", "_", "-", at most 64';

export const name = v.pipe(
  v.string(NAME_WORDS),
  v.regex(NAME, NAME_WORDS),
  v.metadata({ minLength: 1, maxLength: 64 }),
);

/** Beside each pid that a request names. */
export const processOrigin = {
  process_start: v.optional(
    about(
      text(64),
      'when `process_id` was started, as the kernel says it: it is no later process of that number',
    ),
  ),
  pid_namespace: v.optional(
    about(
      text(64),
      "of all pids in the request, as readlink /proc/self/ns/pid says it; the daemon's own when left out. Processes of " +
        'another one are neither followed nor signalled.',
    ),
  ),
};

export const lockId = v.pipe(
  v.string('expected a lock id'),
  v.regex(/^[0-9A-Za-z-]{8,64}$/, 'expected a lock id'),
);

export const shareId = v.pipe(
  v.string('expected a share id'),
  v.regex(/^[0-9A-Za-z-]{4,64}$/, 'expected a share id'),
);

export const flag = v.boolean('expected true or false');

export const port = wholeNumber(LOWEST_PORT, HIGHEST_PORT, 'a port');

/** A port that a service type may have. */
export const ownPort = wholeNumber(FIRST_UNPRIVILEGED_PORT, HIGHEST_PORT, 'a port');

export const pid = wholeNumber(1, 2 ** 31 - 1, 'a process id');
