import { expect, test } from 'vitest';
import { createLogPanel } from '../../../../src/cli/ui/panels/log-panel.ts';

const panelOf = (width: number, height: number) => {
  const panel = createLogPanel(
    'log',
    (text) => text,
    () => undefined,
  );
  panel.lines(width, height);
  return panel;
};

test('a program may print hundreds of thousands of lines at once', () => {
  const panel = panelOf(80, 2);
  panel.add(Array.from({ length: 400_000 }, (_, at) => `line ${at}`));
  expect(panel.lines(80, 2)).toEqual(['line 399998', 'line 399999']);
});

test('the search goes on from its hit, also after lines before it are kept no more', () => {
  const panel = panelOf(80, 1);
  const lines = Array.from(
    { length: 5000 },
    (_, at) => `line ${at}${at >= 4000 && at < 4003 ? ' needle' : ''}`,
  );
  panel.add(lines);
  for (const key of ['/', ...'needle'.split(''), 'enter']) panel.onKey(key, 1);
  expect(panel.lines(80, 1)).toEqual(['line 4002 needle']);
  panel.add(lines.slice(0, 1500));
  expect(panel.lines(80, 1)).toEqual(['line 4002 needle']);
  panel.onKey('n', 1);
  expect(panel.lines(80, 1)).toEqual(['line 4001 needle']);
});
