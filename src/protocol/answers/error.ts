import * as v from 'valibot';
import { about } from '../requests/fields.ts';
import { nullableText } from './fields.ts';

export const errorBody = about(
  v.object({
    success: v.literal(false),
    error: v.object({
      code: v.string(),
      message: about(v.string(), 'what happened'),
      why: nullableText,
      hint: about(v.string(), 'what to try'),
      docs: about(v.string(), 'where the documentation in the package tells of it'),
      details: v.record(v.string(), v.unknown()),
    }),
  }),
  'every failure, on the wire and in `--json` output',
);
export type ErrorBody = v.InferOutput<typeof errorBody>;
