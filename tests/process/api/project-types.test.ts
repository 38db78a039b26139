import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AllocateAnswer } from '../../../src/protocol/answers/lease.ts';
import { styxyHome } from '../../support/home.ts';
import { askLibrary } from '../../support/library.ts';

type Refusal = { code: string; message: string; why: string | null };

describe('the library, in a project with service types of its own,', () => {
  const home = styxyHome({
    types: ({ first }) => ({
      dev: { port_range: [first, first + 9] },
      test: { port_range: [first + 10, first + 19] },
    }),
  });
  const at = (step: number): number => home.ports.first + step;
  const ask = <Answer>(cwd: string, body: string, env = {}) =>
    askLibrary<Answer>(body, { cwd, env: { ...home.env, ...env } });
  const NEVER = `daemon: 'never'`;

  /** A worktree whose configuration is this text or these types. */
  function project(name: string, config: string | object, file = 'styxy.config.json'): string {
    const folder = join(home.place, name);
    mkdirSync(join(folder, '.git'), { recursive: true });
    mkdirSync(join(folder, 'tests'), { recursive: true });
    writeFileSync(join(folder, '.git', 'HEAD'), 'ref: refs/heads/main\n');
    const text = typeof config === 'string' ? config : JSON.stringify({ service_types: config });
    writeFileSync(join(folder, file), text);
    return folder;
  }

  test("takes the port from the project's range, from wherever in the project, and writes nothing down", async () => {
    const before = readFileSync(join(home.path, 'config.json'), 'utf8');
    const folder = project('charts', {
      grafana: {
        port_range: [at(40), at(49)],
        preferred_ports: [at(45), at(43)],
        description: 'Two\nlines.',
      },
    });
    const body = `return withPort({ type: 'grafana', count: 3 }, ({ ports }) => ports);`;
    expect(await ask(join(folder, 'tests'), body)).toEqual([at(45), at(43), at(40)]);
    expect(readFileSync(join(home.path, 'config.json'), 'utf8')).toBe(before);
  });

  test('means by a type what the commands mean', async () => {
    const folder = project('same', { grafana: { port_range: [at(50), at(51)] } });
    const { port } = await home.json<AllocateAnswer>(
      ['allocate', '--type', 'grafana', '--pid', String(process.pid)],
      { cwd: folder },
    );
    expect(port).toBe(at(50));
    expect(await ask(folder, `return withPort({ type: 'grafana' }, portOf);`)).toBe(at(51));
    await home.cli(['release', String(port)]);
  });

  test('takes its default type as the project means it', async () => {
    const folder = project('moved', { test: { port_range: [at(60), at(69)] } });
    expect(await ask(folder, `return withPort({}, portOf);`)).toBe(at(60));
    const preferring = project('preferring', { test: { preferred_ports: [at(17)] } });
    expect(await ask(preferring, `return withPort({}, portOf);`)).toBe(at(17));
    expect(await ask(home.place, `return withPort({}, portOf);`)).toBe(at(10));
  });

  test('reads a configuration in TypeScript, and takes what it imports of this package for granted', async () => {
    const folder = project(
      'typed',
      `import { defineConfig } from 'styxy';
       const first: number = ${at(70)};
       export default defineConfig({ service_types: { grafana: { port_range: [first, first + 9] } } });`,
      'styxy.config.ts',
    );
    expect(await ask(folder, `return withPort({ type: 'grafana' }, portOf);`)).toBe(at(70));
  });

  test.each([
    ['the machine, when nothing is said', {}, true],
    ['each project, when the scope says so', { singleton_scope: 'project' }, false],
  ])('shares the one lease of a type that runs once, for %s', async (_, scope, isShared) => {
    const once = { port_range: [at(80), at(89)], instance_behavior: 'single', ...scope };
    const [one, two] = [project('once-1', { once }), project('once-2', { once })];
    const { port } = await home.json<AllocateAnswer>(
      ['allocate', '--type', 'once', '--name', 'model', '--pid', String(process.pid)],
      { cwd: one },
    );
    const body = `return withPort({ type: 'once', name: 'model' }, portOf);`;
    expect(await ask(one, body)).toBe(port);
    expect((await ask<number>(two, body)) === port).toBe(isShared);
    const twice = `return withPort({ type: 'once', name: 'model', count: 2 }, portOf);`;
    expect(await ask(one, twice)).toMatchObject({
      code: 'USAGE',
      why: expect.stringContaining(`port ${port}`),
    });
    const { allocations } = await home.api.list();
    expect(allocations).toMatchObject([{ port, sharers: [{ holder: { pid: process.pid } }] }]);
    await home.cli(['release', String(port), '--all']);
  });

  test.each([
    ['is no JSON', '{ "service_types": ', /styxy\.config\.json is not JSON$/, /^line 1/],
    ['has a mistake', '{ "service_type": {} }', /styxy\.config\.json is not valid$/, /"service_types"\?$/],
  ])('refuses with BAD_CONFIG where the configuration %s', async (_, text, message, why) => {
    const folder = project('broken', text);
    for (const options of ['{}', `{ type: 'grafana' }`, `{ ${NEVER} }`, `{ daemon: 'require' }`]) {
      const refusal = await ask<Refusal>(folder, `return withPort(${options}, portOf);`);
      expect(refusal, options).toEqual({
        code: 'BAD_CONFIG',
        message: expect.stringMatching(message),
        why: expect.stringMatching(why),
      });
    }
  });

  test('refuses a range that belongs to a type that everybody knows', async () => {
    const folder = project('clash', { grafana: { port_range: [at(5), at(25)] } });
    expect(await ask(folder, `return withPort({ type: 'grafana' }, portOf);`)).toMatchObject({
      code: 'BAD_CONFIG',
      why: expect.stringContaining('"grafana"'),
    });
  });

  test('reads no configuration where no port can depend on it', async () => {
    const folder = project('unread', 'throw new Error("it was read");', 'styxy.config.mjs');
    expect(await ask(folder, `return withPort({ port: ${at(30)}, ${NEVER} }, portOf);`)).toBe(at(30));
    expect(await ask(folder, `return withPort({ count: 0 }, portOf);`)).toMatchObject({ code: 'USAGE' });
    const aborted = `return withPort({ signal: AbortSignal.abort('no') }, portOf).catch((reason) => reason);`;
    expect(await ask(folder, aborted)).toBe('no');
  });

  test('loads what reads a configuration only where there is one', async () => {
    const loaded = async (cwd: string, body: string): Promise<string[]> => {
      const folder = mkdtempSync(join(home.place, 'loaded-'));
      await ask(cwd, body, { NODE_V8_COVERAGE: folder });
      const reports = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
      return reports.flatMap((text) =>
        [...text.matchAll(/"url":"file:[^"]*\/dist\/([^"]+)"/g)].map(([, file]) => file ?? ''),
      );
    };
    const folder = project('loading', { grafana: { port_range: [at(31), at(39)] } });
    const take = `return withPort({ prefer: ${at(31)}, ${NEVER} }, portOf);`;
    const always = await loaded(folder, 'return 0;');
    expect(always).toContain('index.js');
    expect(await loaded(home.place, take)).toEqual(always);
    expect((await loaded(folder, take)).length).toBeGreaterThan(always.length);
  });

  describe.each([
    ['that is not asked', NEVER, {}],
    ['that can not be had', '', { STYXY_HOME: '/dev/null/no-home', STYXY_NO_DAEMON: '1' }],
  ])('without a daemon %s', (_, daemon, env) => {
    test("takes ports that are free in the project's range, those that are preferred first", async () => {
      const folder = project('alone', {
        // Nearly the name of a type that everybody knows, which alone would be taken for a typo.
        tests: { port_range: [at(90), at(97)], preferred_ports: [at(97), at(94)] },
      });
      const body = `return withPort({ type: 'tests', count: 4, ${daemon} }, ({ ports }) => ports);`;
      expect(await ask(folder, body, env)).toEqual([at(97), at(94), at(90), at(91)]);
      const wish = `return withPort({ type: 'tests', prefer: ${at(35)}, count: 2, ${daemon} }, ({ ports }) => ports);`;
      expect(await ask(folder, wish, env)).toEqual([at(35), at(97)]);
      const most = `return withPort({ type: 'tests', count: 9, ${daemon} }, portOf);`;
      expect(await ask(folder, most, env)).toMatchObject({ code: 'RANGE_FULL' });
    });
  });
});
