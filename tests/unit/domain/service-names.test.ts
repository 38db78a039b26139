import { describe, expect, it } from 'vitest';
import { createServiceNames } from '../../../src/domain/service-names.ts';

const origin = (folder: string, program = 'dev', asked = program) => ({ folder, program, asked });
/** As the daemon does: what is granted is noted, and kept as long as it is live or remembered. */
function started(names = createServiceNames(), kept = new Set<string>()) {
  const start = (from: ReturnType<typeof origin>, project = '/repo'): string => {
    const name = names.nameFor(project, from, (each) => kept.has(`${project} ${each}`));
    names.note({ project, name, origin: from });
    kept.add(`${project} ${name}`);
    return name;
  };
  return { names, kept, start };
}

describe('names of services', () => {
  it('are unique in a worktree, and the same in whatever order services start again', () => {
    const { start } = started();
    expect(start(origin('apps/web'))).toBe('dev');
    expect(start(origin('apps/api'))).toBe('api-dev');
    expect(start(origin('libs/api'))).toBe('libs-api-dev');
    expect(start(origin('libs/api'))).toBe('libs-api-dev');
    expect(start(origin('apps/api'))).toBe('api-dev');
    expect(start(origin('apps/web'))).toBe('dev');
  });

  it('are the same in another worktree', () => {
    const { start } = started();
    expect(start(origin('web'))).toBe('dev');
    expect(start(origin('api'), '/other')).toBe('dev');
  });

  it('tell programs of one folder apart', () => {
    const { start } = started();
    expect(start(origin('', 'web/server.js', 'web'))).toBe('web');
    expect(start(origin('', 'web/app.py', 'web'))).toBe('web-web');
    expect(start(origin('', 'web', 'web'))).toBe('web-2');
  });

  it('are free again when neither a lease nor a remembered port has them', () => {
    const { start, kept } = started();
    expect(start(origin('web'))).toBe('dev');
    kept.clear();
    expect(start(origin('api'))).toBe('dev');
  });

  it('of what was remembered before folders were known go to the top of the worktree', () => {
    const { start } = started(createServiceNames(), new Set(['/repo dev']));
    expect(start(origin('web'))).toBe('web-dev');
    expect(start(origin(''))).toBe('dev');
  });

  it('survive, as far as they are written down', () => {
    const { names, kept, start } = started();
    start(origin('web'));
    start(origin('api'));
    const again = started(createServiceNames(names.all()), kept);
    expect(again.start(origin('api'))).toBe('api-dev');
    expect(again.start(origin('web'))).toBe('dev');
  });
});
