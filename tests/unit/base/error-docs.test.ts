import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { docsOf, ERRORS, type ErrorCode } from '../../../src/base/error-codes.ts';

const root = new URL('../../../', import.meta.url);

test.each(Object.keys(ERRORS) as ErrorCode[])(
  '%s leads to a place in the documentation that exists',
  (code) => {
    const [path = '', anchor = ''] = docsOf(code).split('#');
    const headings = [...readFileSync(new URL(path, root), 'utf8').matchAll(/^#+ (.+)$/gm)];
    // As GitHub makes anchors out of headings.
    expect(headings.map(([, heading = '']) => heading.toLowerCase().replaceAll(' ', '-'))).toContain(anchor);
  },
);
