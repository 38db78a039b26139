import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { startProgram, styxyHome } from '../support/home.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = styxyHome();

interface Workflow {
  readonly jobs: Record<
    string,
    { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }
  >;
}

test.skipIf(process.platform === 'win32')(
  'the smoke run of the workflow, made for systems that are not here, passes on this one',
  async () => {
    const { jobs } = parse(readFileSync(`${root}/.github/workflows/ci.yml`, 'utf8')) as Workflow;
    const script = jobs['elsewhere']?.steps.find(({ name }) => name === 'smoke run')?.run ?? '';
    expect(script.split('\n').length).toBeGreaterThan(3);
    // The host runs steps like this.
    const run = startProgram(['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      cwd: root,
      env: home.env,
    });
    const exit = await run.finished(60_000);
    expect(exit.code, exit.story).toBe(0);
    expect(home.daemons()).toEqual([]);
  },
);
