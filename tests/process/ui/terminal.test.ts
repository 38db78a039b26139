import { beforeAll, describe, expect, test } from 'vitest';
import { BIN, styxyHome } from '../../support/home.ts';
import { waitFor } from '../../support/processes.ts';
import { startOutsider } from '../../support/outsider.ts';
import { openTerminal } from '../../support/pty.ts';
import { openWindow, windowOf, type Window } from '../../support/window.ts';

const LEFT = '\u001b[?7h\u001b[?25h\u001b[?1049l';

describe.skipIf(process.platform !== 'linux')('the terminal of `styxy ui`', () => {
  const home = styxyHome();
  const lease = (name: string, fields: object = {}) =>
    home.api.allocate({ service_name: name, project_path: '/p/shop', ttl_ms: 600_000, ...fields });
  const open = async (options: Parameters<typeof openWindow>[2] = {}): Promise<Window> => {
    const window = openWindow(home, ['ui'], options);
    await window.shows('Styxy', 'live');
    return window;
  };

  beforeAll(async () => {
    await home.cli(['daemon', 'start']);
    await lease('first');
  });

  test.each([
    ['q', (window: Window) => window.type('q'), { code: 0, signal: 0 }],
    ['Ctrl-C', (window: Window) => window.press('c'), { code: 0, signal: 0 }],
    ['SIGTERM', (window: Window) => void process.kill(window.pid, 'SIGTERM'), { code: 0, signal: 15 }],
    ['SIGHUP', (window: Window) => void process.kill(window.pid, 'SIGHUP'), { code: 0, signal: 1 }],
  ])('is given back after %s', async (_, leave, how) => {
    const window = await open();
    await waitFor(() => window.isCovered(), 5000, 'the screen of its own');
    leave(window);
    expect(await window.exited()).toMatchObject(how);
    await window.lines();
    expect(window.isCovered()).toBe(false);
    expect(window.screen().trimEnd().endsWith(LEFT)).toBe(true);
  });

  test('is not missed when its window is closed: the command ends', async () => {
    const window = await open();
    window.hangUp();
    await window.exited();
  });

  test('belongs to the shell between Ctrl-Z and fg, in the mode that the shell had', async () => {
    const place = {
      environment: () => ({ env: home.env, survivors: () => [], gone: async () => undefined }),
      path: () => home.place,
    };
    const words = ['bash', '--noprofile', '--norc', '--noediting', '-i'];
    const env = { PS1: 'ready> ', TERM: 'xterm-256color', UI: `${process.execPath} ${BIN} ui` };
    const size = { columns: 80, rows: 24 };
    const shell = openTerminal(place, words, env, size);
    const window = windowOf(shell, 80, 24);
    await window.shows('ready>');
    shell.write('$UI\n');
    await window.shows('Styxy', 'live', 'first');
    window.press('z');
    await window.shows('Stopped');
    expect(window.isCovered()).toBe(false);
    shell.write('stty -a | grep -o " icanon\\| echo "\n');
    await window.shows(/^ icanon$/m, /^ echo$/m);
    shell.write('fg\n');
    await window.shows('Styxy', 'live', 'first');
    window.type('q');
    await window.shows(/ready>$/m);
    shell.write('echo "status=$?"; stty -a | grep -o " icanon"\n');
    await window.shows('status=0');
    shell.write('exit\n');
    await shell.exited();
  });

  test('shows that the daemon is gone, and goes on with the next one', async () => {
    const window = await open();
    await home.killDaemon();
    await window.shows('connection lost', 'first');
    await home.json(['allocate', '--type', 'dev', '--name', 'second', '--ttl', '10m']);
    await window.shows('live', 'first', 'second');
    window.type('q');
    expect((await window.exited()).code).toBe(0);
    await home.cli(['release', 'second']);
  });

  test('may be of any size, and of another one at any time', async () => {
    const window = await open();
    const last = async () => (await window.lines()).at(-1);
    for (const [columns, rows] of [
      [200, 60],
      [40, 10],
      [12, 3],
      [80, 24],
    ] as const) {
      window.resize(columns, rows);
      await waitFor(async () => (await last())?.startsWith('o open'), 15_000, `keys in ${columns}x${rows}`);
      expect((await window.lines()).length).toBe(rows);
    }
    await window.shows('Styxy', 'first', 'q quit');
    window.type('q');
    await window.exited();
    expect(window.screen()).not.toContain('\u001b[3J');
  });

  test('shows part by part what has no room, the selected one always', async () => {
    const names = Array.from({ length: 60 }, (_, at) => `many-${String(at).padStart(2, '0')}`);
    const leases = await Promise.all(names.map((name) => lease(name, { project_path: '/p/many' })));
    const window = await open({ columns: 100, rows: 30 });
    await window.shows('61 services');
    window.type('/', 'many', 'enter', 'G');
    const seen = await window.shows(/^> many-59/m);
    expect(seen).not.toContain('many  /p/many');
    window.type('g');
    await window.shows(/^> many-00/m, 'many  /p/many');
    for (let step = 0; step < 40; step += 1) window.type('j');
    await window.shows(/^> many-40/m);
    window.type('q');
    await window.exited();
    await Promise.all(leases.map(({ lock_id: id }) => home.api.release(id)));
  });

  test('cuts wide letters at its edge, and obeys nothing that stands in a command or a path', async () => {
    const commands = ['日本語サービス'.repeat(20), 'app 🚀 --fast', 'rtl\u202eexe.txt'];
    const outsider = await startOutsider(home.ports.last, '127.0.0.1', false, [
      'evil\u001b[2J\u001b]0;title\u0007',
    ]);
    const leases = await Promise.all(
      commands.map((command, at) => lease(`wide-${at}`, { project_path: '/p/日本語', command })),
    );
    const window = await open({ columns: 160 });
    const seen = await window.shows(
      '日本語  /p/日本語',
      /日本語サービス.*…$/m,
      'app 🚀 --fast',
      String.raw`rtl\u{202e}exe`,
      'evil [2J ]0;title',
    );
    expect(seen).toContain('Styxy');
    expect(window.screen()).not.toContain('\u001b]0;');
    expect(window.screen()).not.toContain('\u202e');
    const places = seen.split('\n').flatMap((each) => {
      const at = each.indexOf(' reserved');
      return at < 0 ? [] : [at];
    });
    expect(new Set(places).size).toBe(1);
    window.type('q');
    await window.exited();
    await outsider.end();
    await Promise.all(leases.map(({ lock_id: id }) => home.api.release(id)));
  });

  test('has no colour with NO_COLOR, and the selected line stands out all the same', async () => {
    const window = await open({ env: { NO_COLOR: '1' } });
    await window.shows(/^> first/m);
    window.type('q');
    await window.exited();
    expect(window.screen()).not.toMatch(/\u001b\[3\dm/);
    expect(window.screen()).toMatch(/\u001b\[7m> first/);
  });

  test('may be 16 colours: no others are used', async () => {
    const window = await open();
    window.type('q');
    await window.exited();
    expect(window.screen()).not.toMatch(/\u001b\[[34]8[;:]/);
  });
});

describe('without a terminal', () => {
  const home = styxyHome();

  test('`styxy ui` says so at once, and `styxy` alone prints the help', async () => {
    const exit = await home.cli(['ui']);
    expect(exit.code, exit.story).toBe(64);
    expect(exit.stderr).toContain('needs a terminal');
    const alone = await home.cli([]);
    expect(alone.code, alone.story).toBe(0);
    expect(alone.stdout).toContain('Usage: styxy');
    expect(home.daemons()).toEqual([]);
  });

  test('that can be drawn on, neither', async () => {
    const window = openWindow(home, ['ui'], { env: { TERM: 'dumb' } });
    expect((await window.exited()).code).toBe(64);
    expect(window.screen()).toContain('can only print');
    expect(home.daemons()).toEqual([]);
  });
});

/** For whatever else listens on this machine, and then some. */
const ROOMY = { rows: 100 };

describe('`styxy` alone', () => {
  const home = styxyHome();

  test('is the same as `styxy ui`, and says what to start where nothing runs', async () => {
    const window = openWindow(home, [], ROOMY);
    await window.shows('Styxy', '? help', 'Nothing runs with Styxy', 'styxy --help');
    window.type('q');
    expect(await window.exited()).toMatchObject({ code: 0, signal: 0 });
  });

  test('says it below programs that were started without Styxy, too', async () => {
    const outsider = await startOutsider(home.ports.last, '127.0.0.1');
    const window = openWindow(home, [], ROOMY);
    await window.shows(String(home.ports.last), 'Nothing runs with Styxy', 'styxy --help');
    window.type('q');
    await window.exited();
    await outsider.end();
  });
});
