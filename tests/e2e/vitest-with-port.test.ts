import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startProgram, styxyHome } from '../support/home.ts';
import { copyExample, ROOT } from './support/project.ts';

interface Report {
  numPassedTests: number;
  success: boolean;
}

describe('the vitest-with-port example', () => {
  const home = styxyHome({ types: ({ first, last }) => ({ test: { port_range: [first, last] } }) });

  test('passes: two files in parallel, each with a server on a port of its own, all given back', async () => {
    const project = copyExample('vitest-with-port', join(home.place, 'app'), ['styxy', 'vitest']);
    const words = [process.execPath, join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=json'];
    const exit = await startProgram(words, { cwd: project, env: home.env }).finished();
    const report = JSON.parse(exit.stdout) as Report;
    expect(report, exit.story).toMatchObject({ numPassedTests: 2, success: true });
    expect(exit.stderr, 'both asked the daemon').not.toContain('StyxyWarning');
    expect((await home.api.list()).allocations).toEqual([]);
  });
});
