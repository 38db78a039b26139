import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootId, identify } from '../../../src/system/process/identity.ts';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { BIN, styxyHome, type StyxyHome } from '../../support/home.ts';
import { openTerminal, type Terminal } from '../../support/pty.ts';
import { upProject } from '../../support/up-project.ts';
import { waitFor } from '../../support/processes.ts';

const NODE = process.execPath;
const RELUCTANT = fileURLToPath(new URL('../../support/programs/reluctant-server.mjs', import.meta.url));
const DIST = fileURLToPath(new URL('../../../dist/chunks', import.meta.url));
const CLEAR = '\r\u001b[K';

/** Of a terminal's lines what is left when all is over: what was drawn over is gone. */
const left = (terminal: Terminal): string => terminal.screen().replaceAll(/[^\n]*\r\u001b\[K/g, '');

function opener(home: StyxyHome): (words: readonly string[], env?: Record<string, string>) => Terminal {
  return (words, env = {}) => {
    const terminal = openTerminal(
      {
        environment: () => ({ env: home.env, survivors: () => [], gone: async () => undefined }),
        path: () => home.place,
      },
      words[0] === 'sh' ? words : [NODE, BIN, ...words],
      { TERM: 'xterm', ...env },
    );
    onTestFinished(() => terminal.hangUp());
    return terminal;
  };
}

/** A service that listens and ends when it is told to. */
function reluctantService(home: StyxyHome, name: string) {
  const gate = join(home.place, `${name}.gate`);
  const leases = async () =>
    (await home.api.list()).allocations.filter(({ service_name: each }) => each === name);
  return {
    command: [NODE, RELUCTANT, gate],
    open: () => writeFileSync(gate, ''),
    mayEnd: () => writeFileSync(`${gate}.end`, ''),
    port: async () => (await waitFor(async () => (await leases())[0], 20_000, 'the lease')).port,
    listens: () =>
      waitFor(async () => (await leases()).some(({ state }) => state === 'bound'), 20_000, 'it listens'),
  };
}

/** Another client starts the daemon, for as long as the file is there; at most 3 s. */
function holdStart(home: StyxyHome): () => void {
  const file = join(home.path, 'daemon.starting');
  const { pid, startTime } = identify(process.pid)!;
  writeFileSync(
    file,
    JSON.stringify({ pid, start_time: startTime, boot_id: bootId(), nonce: 'another client' }),
  );
  return () => rmSync(file, { force: true });
}

describe('what a terminal shows of a wait', () => {
  const home = styxyHome();
  const open = opener(home);

  test.each([
    ['daemon start', ['daemon', 'start'], /the daemon runs \(pid \d+/],
    ['a first command', ['list', '--json'], /"allocations"/],
    ['`run`, before its command starts', ['run', '--', 'echo', 'hello'], /hello/],
  ])('the start of the daemon: %s', async (_, words, answer) => {
    await home.cli(['daemon', 'stop']);
    const release = holdStart(home);
    const terminal = open(words);
    await terminal.until(/waiting for the daemon to start ... 1 s/);
    release();
    await terminal.until(answer);
    expect((await terminal.exited()).code).toBe(0);
    expect(left(terminal)).not.toContain('waiting for');
  });

  test('`daemon stop`, while the daemon takes its time', async () => {
    await home.cli(['daemon', 'start']);
    const { pid = 0 } = home.daemon() ?? {};
    process.kill(pid, 'SIGSTOP');
    const terminal = open(['daemon', 'stop']);
    await terminal.until(/waiting for the daemon to end ... 1 s/);
    process.kill(pid, 'SIGCONT');
    await terminal.until(/stopped the daemon/);
    await terminal.exited();
    expect(left(terminal)).not.toContain('waiting for');
  });

  describe('with a daemon', () => {
    beforeAll(async () => void (await home.cli(['daemon', 'start'])));

    test('`wait`: what is to be started, and then what is to listen, and for how long', async () => {
      const web = reluctantService(home, 'web');
      const terminal = open(['wait', 'web']);
      const piped = home.start(['wait', 'web']);
      await terminal.until(/styxy:\S* waiting for web to be started ... 1 s/);
      const run = home.start(['run', '--name', 'web', '--', ...web.command]);
      const port = await web.port();
      await terminal.until(new RegExp(`waiting for web to listen on port ${port} ... \\d+ s`));
      web.open();
      await terminal.until(new RegExp(`http://localhost:${port}\r\n`));
      expect((await terminal.exited()).code).toBe(0);
      expect(left(terminal)).toBe(`http://localhost:${port}\r\n`);
      const { stdout, stderr } = await piped.finished();
      expect({ stdout, stderr }).toEqual({ stdout: `http://localhost:${port}\n`, stderr: '' });
      web.mayEnd();
      run.process.kill('SIGTERM');
      await run.finished();
    });

    test('`run --detach --wait`, `stop`, `run --if-running replace` and `restart`', async () => {
      const api = reluctantService(home, 'api');
      const started = open(['run', '--detach', '--wait', '--name', 'api', '--', ...api.command]);
      await started.until(/waiting for api to listen on port \d+ ... \d+ s/);
      api.open();
      expect((await started.exited()).code).toBe(0);
      expect(left(started)).toMatch(/^\S*styxy:\S* api runs in the background.*\r\nhttp:\S+\r\n$/);

      const again = open(['restart', 'api']);
      await again.until(/waiting for api to start again ... \d+ s/);
      api.mayEnd();
      expect((await again.exited()).code).toBe(0);
      expect(left(again)).not.toContain('waiting for');

      rmSync(join(home.place, 'api.gate.end'));
      const replaced = open(['run', '--if-running', 'replace', '--name', 'api', '--', 'echo', 'instead']);
      await replaced.until(/waiting for api \(port \d+\) to end ... 1 s/);
      api.mayEnd();
      await replaced.until(/instead/);
      await replaced.exited();
      expect(left(replaced)).not.toContain('waiting for');
    });

    test('`stop`', async () => {
      const slow = reluctantService(home, 'slow');
      slow.open();
      await home.cli(['run', '--detach', '--wait', '--name', 'slow', '--', ...slow.command]);
      const terminal = open(['stop', 'slow']);
      await terminal.until(/waiting for slow \(port \d+\) to end ... 1 s/);
      slow.mayEnd();
      await terminal.until(/stopped slow/);
      await terminal.exited();
      expect(left(terminal)).toMatch(/^stopped slow \(port \d+\)\r\n$/);
    });

    test('`open`', async () => {
      const page = reluctantService(home, 'page');
      const run = home.start(['run', '--name', 'page', '--', ...page.command]);
      await page.port();
      const terminal = open(['open', 'page'], { BROWSER: 'none' });
      await terminal.until(/waiting for page to listen on port \d+ ... 1 s/);
      page.open();
      expect((await terminal.exited()).code).toBe(0);
      expect(left(terminal)).not.toContain('waiting');
      page.mayEnd();
      run.process.kill('SIGTERM');
      await run.finished();
    });

    test('`up` and `down`: each service that is not there yet, beside what the others print', async () => {
      const [db, web] = [reluctantService(home, 'db'), reluctantService(home, 'site')];
      const project = upProject(home, 'shop', {
        db: { command: db.command.join(' ') },
        site: { command: web.command.join(' '), depends_on: ['db'] },
      });
      const up = open(['sh', '-c', `cd ${project.path} && exec ${NODE} ${BIN} up`]);
      await up.until(/waiting for db \(port \d+\) to be ready, then site ... 1 s/);
      db.open();
      await up.until(/waiting for site \(port \d+\) to be ready ... 1 s/);
      web.open();
      await up.until(/2 services are up[^]*READY AFTER/);
      up.press('c');
      await up.until(/waiting for site to end ... 1 s/);
      web.mayEnd();
      await up.until(/waiting for db to end ... 1 s/);
      db.mayEnd();
      await up.exited();
      expect(left(up)).toMatch(/db +\|\S* waits for/);
      expect(left(up)).not.toContain('waiting for');

      for (const name of ['db', 'site']) rmSync(join(home.place, `${name}.gate.end`));
      await home.cli(['up', '--detach'], { cwd: project.path });
      const down = open(['sh', '-c', `cd ${project.path} && exec ${NODE} ${BIN} down`]);
      await down.until(/waiting for site \(port \d+\) to end ... 1 s/);
      web.mayEnd();
      await down.until(/stopped site/);
      await down.until(/waiting for db \(port \d+\) to end/);
      db.mayEnd();
      await down.exited();
      expect(left(down)).not.toContain('waiting for');
    });

    test('a program that owns the terminal is alone with it', async () => {
      await home.cli(['daemon', 'start']);
      const own = reluctantService(home, 'own');
      const terminal = open(['run', '--wait', '--name', 'own', '--', ...own.command]);
      await terminal.until(/waits for/);
      const before = terminal.screen().length;
      const { pid = 0 } = home.daemon() ?? {};
      process.kill(pid, 'SIGSTOP');
      const asked = home.start(['wait', 'own', '--timeout', '2s']);
      await asked.finished();
      process.kill(pid, 'SIGCONT');
      own.open();
      await terminal.until(/ready at/);
      own.mayEnd();
      terminal.press('c');
      await terminal.exited();
      expect(terminal.screen().slice(before)).not.toMatch(/waiting for|\r\u001b/);
    });
  });
});

describe('how it is shown', () => {
  const home = styxyHome();
  const open = opener(home);
  beforeAll(async () => void (await home.cli(['daemon', 'start'])));

  test('Ctrl-C takes it away, and ends the command as it ends any other', async () => {
    const terminal = open(['sh', '-c', `${NODE} ${BIN} wait nothing; echo "then $?"`]);
    await terminal.until(/waiting for nothing to be started ... 1 s/);
    // The shell waits for the command's end, and so sees of what it has died.
    terminal.press('c');
    await terminal.exited();
    expect(left(terminal)).not.toContain('waiting for');
  });

  test.each([
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['a terminal that can only print', { TERM: 'dumb' }],
  ])('once, as a plain line: %s', async (_, env) => {
    const terminal = open(['wait', 'nothing', '--timeout', '3s'], env);
    expect((await terminal.exited()).code).toBe(1);
    expect(terminal.screen().match(/waiting for/g)).toHaveLength(1);
    expect(terminal.screen()).toMatch(/^styxy: waiting for nothing to be started\r\n/);
    expect(terminal.screen()).not.toContain('\u001b');
  });

  test('in one row of a narrow window, however long the name', async () => {
    const name = 'a-service-with-a-name-that-no-narrow-window-has-room-for';
    const script = `stty cols 40; ${NODE} ${BIN} wait ${name} --timeout 3s`;
    const terminal = open(['sh', '-c', script]);
    await terminal.until(/waiting for a-service-\S*… \.\.\. 2 s/);
    await terminal.exited();
    const drawn = terminal
      .screen()
      .split(CLEAR)
      .map((each) => each.split('\r')[0]!.replaceAll(/\u001b\[[\d;]*m/g, ''));
    for (const line of drawn.filter((each) => each.includes('waiting'))) expect(line.length).toBeLessThan(40);
  });

  test('nothing of it is loaded for an answer that comes at once', async () => {
    const part = readdirSync(DIST).find((name) =>
      readFileSync(join(DIST, name), 'utf8').includes('/dev/tty'),
    );
    const folder = join(home.place, 'loaded');
    mkdirSync(folder);
    const note = join(folder, 'note.cjs');
    writeFileSync(
      note,
      `process.on('exit', () => require('fs').writeFileSync(process.env.LOADED, Object.keys(require.cache).join('\\n')))`,
    );
    const loadedBy = async (words: string[]): Promise<string> => {
      const LOADED = join(folder, words[0]!);
      const terminal = open(words, { LOADED, NODE_OPTIONS: `--require=${note}` });
      await terminal.exited();
      return readFileSync(LOADED, 'utf8');
    };
    expect(part).toBeDefined();
    expect(await loadedBy(['wait', 'nothing', '--timeout', '2s'])).toContain(part);
    expect(await loadedBy(['run', '--', 'true'])).not.toContain(part);
  });
});
