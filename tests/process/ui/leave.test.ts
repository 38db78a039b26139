import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { portServer } from '../../support/port-server.ts';
import { styxyHome } from '../../support/home.ts';
import { openWindow, type Window } from '../../support/window.ts';

describe.skipIf(process.platform !== 'linux')('who leaves `styxy ui` waits for nobody', () => {
  const home = styxyHome();
  const signalDaemon = (signal: 'SIGSTOP' | 'SIGCONT'): void =>
    home.daemons().forEach((pid) => void process.kill(pid, signal));

  beforeAll(() =>
    home.json(['run', '--detach', '--wait', '--name', 'api', '--', process.execPath, portServer]),
  );
  afterAll(() => home.cli(['stop', 'api']));

  test('not for the log that is followed', async () => {
    const window = openWindow(home, ['ui']);
    window.type('/', 'api', 'enter');
    await window.shows('live', /^> api /m);
    window.type('l');
    await window.shows('log of api', 'following');
    window.type('q');
    expect(await window.exited()).toMatchObject({ code: 0, signal: 0 });
  });

  test.each([
    ['q', (window: Window) => window.type('q')],
    ['Ctrl-C', (window: Window) => window.press('c')],
  ])('nor for a daemon that has not answered yet, and so never fails for it: %s', async (_, leave) => {
    signalDaemon('SIGSTOP');
    try {
      const window = openWindow(home, ['ui']);
      await window.shows('Styxy', 'asking the daemon');
      leave(window);
      expect(await window.exited()).toMatchObject({ code: 0, signal: 0 });
    } finally {
      signalDaemon('SIGCONT');
    }
  });
});
