import * as v from 'valibot';
import { about, port } from '../requests/fields.ts';
export const time = v.pipe(v.string(), v.isoTimestamp());
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const range = about(v.strictTuple([port, port]), 'first and last port');
export const nullableText = v.nullable(v.string());
export const success = v.literal(true);
