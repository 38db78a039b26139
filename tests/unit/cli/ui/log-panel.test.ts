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
