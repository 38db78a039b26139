import { describe, expect, test } from 'vitest';
import { appendToList, removeFromList } from '../../../src/settings/json-list.ts';

const PATH = ['hooks', 'PreToolUse'] as const;
const ITEM = { matcher: 'Bash', hooks: [{ type: 'command', command: 'x' }] };
const isOurs = (item: unknown): boolean => (item as typeof ITEM).matcher === 'Bash';

const FILES: Record<string, string> = {
  'an empty object': '{}',
  'an empty object on lines': '{\n}\n',
  'no such list': '{\n  "model": "opus", // the good one\n\n  "env": { "A": "1" }\n}\n',
  'an object for it': '{\n\t"hooks": {\n\t\t"Stop": []\n\t}\n}',
  'an item on one line': '{"hooks":{"PreToolUse":[{"matcher":"Write","hooks":[]}]}}',
  'items on lines, with comments':
    '{\n    "hooks": {\n        "PreToolUse": [\n            // formats\n            { "matcher": "Write", "hooks": [] } // last\n        ],\n        "Stop": []\n    }\n}\n',
  'line ends of Windows and a byte order mark':
    '\uFEFF{\r\n  "hooks": {\r\n    "PreToolUse": [\r\n      {\r\n        "matcher": "Edit"\r\n      }\r\n    ]\r\n  }\r\n}\r\n',
};

describe.each(Object.entries(FILES))('a file with %s', (_, text) => {
  test('gets an item, keeps each line that it had, and is the same again without it', () => {
    const added = appendToList(text, PATH, ITEM);
    expect(added).toContain('"matcher"');
    for (const [comment] of text.matchAll(/\/\/.*/g)) expect(added).toContain(comment);
    if (text.includes('\r\n')) expect(added.replaceAll('\r\n', '')).not.toContain('\n');
    expect(removeFromList(added, PATH, isOurs).replaceAll(/\{\s*\}/g, '{}')).toBe(
      text.replaceAll(/\{\s*\}/g, '{}'),
    );
  });
});

test('an item looks like those beside it', () => {
  expect(appendToList(FILES['items on lines, with comments']!, PATH, { matcher: 'Bash' })).toContain(
    '"hooks": [] }, // last\n            {\n                "matcher": "Bash"\n            }\n        ],',
  );
  expect(appendToList(FILES['an item on one line']!, PATH, { matcher: 'Bash' })).toBe(
    '{"hooks":{"PreToolUse":[{"matcher":"Write","hooks":[]}, {"matcher": "Bash"}]}}',
  );
});

test('every item that is meant goes, and the others stay', () => {
  const text = '{"l": [1, 2, 1, 3, 1]}';
  expect(removeFromList(text, ['l'], (item) => item === 1)).toBe('{"l": [2, 3]}');
  expect(removeFromList(text, ['l'], (item) => item === 9)).toBe(text);
  expect(removeFromList(text, ['m'], () => true)).toBe(text);
});
