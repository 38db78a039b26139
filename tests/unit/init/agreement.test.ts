import { describe, expect, test } from 'vitest';
import { planInit } from '../../../src/init/plan.ts';
import { wrapperWords } from '../../../src/init/unwrap.ts';
import type { Shape } from '../../process/init/shapes.ts';
import { SHAPES } from '../../process/init/shapes.ts';
import { planPort, projectOf } from '../tools/support.ts';

const fileOf = (dir: string) => (dir === '.' ? 'package.json' : `${dir}/package.json`);

function projectIn({ packages, files = {}, top = {}, depends = [] }: Shape) {
  const own = Object.entries(packages).map(([dir, scripts]): [string, object] => [
    fileOf(dir),
    {
      name: dir,
      ...(dir === '.' && top),
      scripts,
      dependencies: Object.fromEntries(depends.map((name) => [name, '*'])),
    },
  ]);
  return projectOf({ ...files, ...Object.fromEntries(own) });
}

/** The scripts in which the servers stand that `styxy run` and the hooks find behind a script. */
function serversBehind(shape: Shape, script: string): string[] {
  const { programs } = planPort(['npm', 'run', script], projectIn(shape));
  return programs
    .filter(({ binds, serviceType }) => binds === 'yes' && serviceType !== 'test')
    .flatMap(({ trail }) => {
      const step = trail.findLast(({ kind }) => kind === 'script');
      return step?.place === undefined
        ? []
        : [`${step.place.file.replace(/\/?package\.json$/, '') || '.'}:${step.name}`];
    });
}

describe('init, run and the hooks agree on what starts a server:', () => {
  test.each(SHAPES.map((shape) => [shape.title, shape] as const))('%s', (_, shape) => {
    const { scripts } = planInit(projectIn(shape), { wrapper: (dir) => wrapperWords('launcher', dir) });
    const changed = scripts.filter(({ before, after }) => before !== after);
    const names = changed.map(({ dir, name }) => `${dir}:${name}`);
    const found = Object.keys(shape.packages['.'] ?? {}).flatMap((script) => serversBehind(shape, script));
    // All that run and the hooks wrap, init wraps where it stands.
    expect(found.filter((each) => !names.includes(each))).toEqual([]);
    // What init alone takes for a server is a file that is not built yet.
    const alone = changed.filter(({ dir, name }) => dir === '.' && !found.includes(`.:${name}`));
    for (const { before } of alone) expect(before).toMatch(/^node (\.\/)?(dist|build|bin|server)\//);
  });
});
