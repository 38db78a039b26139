import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { programs } from '../../support/programs.ts';
import { wrapperUnderTest } from '../../support/wrapper.ts';

const NODE = process.execPath;

/** What `styxy run` gives to its child, besides what it was given itself. */
const GIVEN = [
  'PORT',
  'STYXY_INSTANCE',
  'STYXY_LOCK_ID',
  'STYXY_NAME_URL',
  'STYXY_PORT',
  'STYXY_SERVICE',
  'STYXY_URL',
];

const AWKWARD_ARGUMENTS = [
  ['', ' ', 'two words', "it's", '"quoted"', 'back\\slash', '\\\\', '\\', 'tab\there', 'new\nline', ''],
  ['*', '?', '[a-z]', '~', '$HOME', '${PORT}', '$(id)', '`id`', '!!', '%PORT%', '{}', '{a,b}'],
  ['|', '&&', ';', '>', '#', 'üñí ☃ 🚀', 'a=b', '=', '--', '--type', 'api', '--port', '1', '--port=1'],
  ['--name', '--help', '-h', '--version', '-V', '--json', '--quiet', '--dry-run', '--env', 'X'],
  ['--retries', '0', 'run', 'vite', 'next', 'dev', '--', '-'],
].flat();

describe
  .skipIf(process.platform !== 'linux')
  .concurrent('`styxy run -- command` gives to the command', () => {
    const wrapper = wrapperUnderTest();

    /** Standard output of the command, wrapped and not wrapped, under the same circumstances. */
    async function bothWays(command: string[], options: Parameters<typeof wrapper.start>[1] = {}) {
      const [wrapped, direct] = await Promise.all([
        wrapper.direct(wrapper.argv(...command), options).finished(),
        wrapper.direct(command, options).finished(),
      ]);
      expect(direct.status, direct.story).toBe(0);
      expect(wrapped.status, wrapped.story).toBe(0);
      return { wrapped: wrapped.stdout.toString(), direct: direct.stdout.toString() };
    }

    async function variables(env: Record<string, string>) {
      const { wrapped, direct } = await bothWays(['env', '-0'], { env });
      const parse = (text: string) =>
        new Map(
          text
            .split('\0')
            .filter(Boolean)
            .map((pair) => {
              const at = pair.indexOf('=');
              return [pair.slice(0, at), pair.slice(at + 1)] as const;
            }),
        );
      return { wrapped: parse(wrapped), direct: parse(direct) };
    }

    test('its arguments, byte for byte, whatever they look like', async () => {
      const exit = await wrapper.start([NODE, programs.tellArguments, ...AWKWARD_ARGUMENTS]).finished();
      expect(exit.status, exit.story).toBe(0);
      expect(JSON.parse(exit.stdout.toString())).toEqual(AWKWARD_ARGUMENTS);
    });

    test('what looks like a placeholder, but for {port} itself', async () => {
      const placeholders = ['{ports}', '--port={ port }', '{web.port}', '{host}', '${port'];
      const exit = await wrapper.start([NODE, programs.tellArguments, ...placeholders]).finished();
      expect(JSON.parse(exit.stdout.toString() || 'null'), exit.story).toEqual(placeholders);
    });

    test('an argument of 100 kB, and 2000 arguments', async () => {
      const many = ['x'.repeat(100_000), ...Array.from({ length: 2000 }, (_, index) => `argument-${index}`)];
      const exit = await wrapper.start([NODE, programs.tellArguments, ...many]).finished();
      expect(exit.status, exit.story.slice(-2000)).toBe(0);
      expect(JSON.parse(exit.stdout.toString())).toEqual(many);
    });

    test('every variable of its own environment unchanged, and no other than the documented ones', async () => {
      const env = {
        EMPTY: '',
        LINES: 'one\ntwo\n',
        SIGNS: 'a=b=c "q" \'s\' \\ $HOME ${HOME} `id`',
        UNICODE: 'üñí ☃ 🚀',
        NODE_OPTIONS: '--no-warnings',
        npm_lifecycle_event: 'dev',
        INIT_CWD: '/',
      };
      const { wrapped, direct } = await variables(env);
      const added = [...wrapped.keys()].filter((name) => !direct.has(name));
      expect(added.filter((name) => !GIVEN.includes(name)).toSorted()).toEqual([]);
      const kept = new Map([...wrapped].filter(([name]) => direct.has(name)));
      expect(kept).toEqual(direct);
    });

    test('PORT, and who it is for, in the documented variables', async () => {
      const { wrapped } = await variables({});
      expect([...wrapped.keys()].filter((name) => GIVEN.includes(name)).toSorted()).toEqual(GIVEN);
      expect(wrapped.get('PORT')).toMatch(/^[1-9]\d{3,4}$/);
      expect(wrapped.get('STYXY_PORT')).toBe(wrapped.get('PORT'));
      expect(wrapped.get('STYXY_URL')).toBe(`http://localhost:${wrapped.get('PORT')}`);
      expect(wrapped.get('STYXY_NAME_URL')).toMatch(/^http:\/\/[a-z0-9.-]+\.localhost:\d+$/);
      expect(wrapped.get('STYXY_SERVICE')).toMatch(/\S/);
      expect(wrapped.get('STYXY_LOCK_ID')).toMatch(/\S/);
    });

    test('nothing at all besides its own environment with STYXY=0, the bypass', async () => {
      const { wrapped, direct } = await variables({ STYXY: '0', PORT: '1234' });
      expect(wrapped).toEqual(direct);
    });

    test('its working folder, also by the name of a symbolic link', async () => {
      mkdirSync(wrapper.path('real folder/inside'), { recursive: true });
      symlinkSync('real folder', wrapper.path('link'));
      const options = { cwd: wrapper.path('link/inside'), env: { PWD: wrapper.path('link/inside') } };
      const { wrapped, direct } = await bothWays(['sh', '-c', 'pwd -P; pwd -L'], options);
      expect(wrapped).toBe(direct);
    });

    test.each(['000', '022', '077'])('the umask %s', async (mask) => {
      const via = ['sh', '-c', `umask ${mask}; exec "$@"`, 'sh'];
      const { wrapped } = await bothWays(['sh', '-c', 'umask'], { via });
      expect(wrapped).toBe(`0${mask}\n`);
    });

    test('no file descriptor that it would not have otherwise', async () => {
      const { wrapped, direct } = await bothWays(['sh', '-c', 'ls /proc/$$/fd']);
      expect(wrapped).toBe(direct);
    });

    test('no blocked, ignored or caught signal that it would not have otherwise', async () => {
      const { wrapped, direct } = await bothWays(['grep', '-E', '^Sig(Blk|Ign|Cgt)', '/proc/self/status']);
      expect(wrapped).toBe(direct);
    });

    test("a place in the wrapper's own process group and session", async () => {
      const run = wrapper.start(['cat', '/proc/self/stat']);
      const exit = await run.finished();
      const [, , group, session] = exit.stdout
        .toString()
        .replace(/^.*\) /, '')
        .split(' ');
      expect({ group: Number(group), session: Number(session) }, exit.story).toEqual({
        group: run.pid,
        session: run.pid,
      });
    });

    test('no terminal where the wrapper has none', async () => {
      const exit = await wrapper
        .start(['sh', '-c', '(: </dev/tty) 2>/dev/null && echo yes || echo no'])
        .finished();
      expect(exit.stdout.toString(), exit.story).toBe('no\n');
    });
  });
