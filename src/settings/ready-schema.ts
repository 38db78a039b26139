import * as v from 'valibot';
import { parseDuration } from '../base/duration.ts';

const text = v.string('expected text');

const isDuration = (given: string): boolean => {
  try {
    return parseDuration(given) > 0;
  } catch {
    return false;
  }
};

const READY =
  'expected one of {"port": true}, {"http": "/path"}, {"output": "text"}, perhaps with a "timeout"';

/** When a service is taken for ready. */
export const ready = v.pipe(
  v.strictObject(
    {
      port: v.optional(
        v.pipe(
          v.boolean('expected true or false'),
          v.description(
            '`true`, as without `ready`: when it listens; `false`: as soon as it runs, for a program that listens on no port',
          ),
        ),
      ),
      http: v.optional(
        v.pipe(
          text,
          v.regex(/^\/[^\s]*$/, 'expected a path that begins with /'),
          v.description('when this path of it answers with a status below 400'),
        ),
      ),
      output: v.optional(
        v.pipe(
          text,
          v.nonEmpty('expected a part of a line'),
          v.description('when it has printed a line with this text'),
        ),
      ),
      timeout: v.optional(
        v.pipe(
          text,
          v.check(isDuration, 'expected a length of time like "30s" or "2m"'),
          v.description('how long that may take: `30s`, `2m`; 60 seconds when left out'),
        ),
      ),
    },
    READY,
  ),
  v.check(
    ({ port: listens, http, output }) =>
      [listens, http, output].filter((each) => each !== undefined).length <= 1,
    READY,
  ),
);

export type ReadyConfig = v.InferOutput<typeof ready>;
