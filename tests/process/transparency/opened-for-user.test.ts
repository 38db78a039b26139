import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../../support/processes.ts';
import { programs } from '../../support/programs.ts';
import { shellQuote, wrapperUnderTest } from '../../support/wrapper.ts';

const NODE = process.execPath;

describe
  .skipIf(process.platform !== 'linux')
  .concurrent('what a desktop opener has started for a command', () => {
    const wrapper = wrapperUnderTest({ settings: { end_grace_ms: 2000 } });

    /** A folder with a program of that name, which starts its arguments as a desktop's opener does. */
    function opener(name: string, script: string): string {
      const folder = wrapper.path(`bin-${name}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${folder}/${name}`, `#!/bin/sh\n${script}\n`);
      chmodSync(`${folder}/${name}`, 0o755);
      return `${folder}/${name}`;
    }
    const waits = () => opener('xdg-open', '"$@" & wait');
    const goes = () =>
      opener('gio', `sh -c 'export GIO_LAUNCHED_DESKTOP_FILE_PID=$$; exec "$@"' sh "$@" >/dev/null 2>&1 &`);

    async function withBrowser(start: (browser: string, port: string) => string) {
      const [server, browser] = [wrapper.journal(), wrapper.journal()];
      const opened = shellQuote([NODE, programs.recorder, browser.file]);
      const script = `${start(opened, '"$PORT"')} & exec ${shellQuote([NODE, programs.recorder, server.file])}`;
      const run = wrapper.start(['sh', '-c', script]);
      await server.until('ready');
      const { pid } = await browser.until('ready');
      return { run, browser: pid };
    }

    test.each([
      ['the opener leads its session', (browser: string) => `setsid ${waits()} ${browser}`],
      ['it is a desktop entry, and the opener has gone', (browser: string) => `setsid ${goes()} ${browser}`],
    ])('goes on at SIGTERM, and at SIGKILL to the wrapper: %s', async (_, start) => {
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        const { run, browser } = await withBrowser(start);
        run.signal(signal);
        await run.exited();
        const { stderr } = await wrapper.start(['true']).finished();
        expect(isAlive(browser), stderr.toString()).toBe(true);
        process.kill(browser, 'SIGKILL');
        await run.gone();
      }
    });

    test.each([
      ['has no opener', (browser: string) => `setsid ${browser}`],
      ['has no session of its own', (browser: string) => `${waits()} ${browser}`],
      [
        'stands below a desktop entry that is not of the run, as a terminal is',
        (browser: string) => `GIO_LAUNCHED_DESKTOP_FILE_PID=${process.pid} setsid ${browser}`,
      ],
    ])('ends with the run when it %s', async (_, start) => {
      const { run } = await withBrowser(start);
      run.signal('SIGTERM');
      await run.exited();
      expect(run.survivors()).toEqual([]);
    });

    test('ends with the run when it listens on the port of the run', async () => {
      const listen = `require('net').createServer().listen(process.env.PORT, () => console.log('listens')); setTimeout(() => {}, 1e5)`;
      const script = `setsid ${waits()} ${shellQuote([NODE, '-e', listen])} & exec sleep 100`;
      const run = wrapper.start(['sh', '-c', script]);
      await new Promise((resolve) => run.process.stdout?.once('data', resolve));
      run.signal('SIGTERM');
      await run.exited();
      expect(run.survivors()).toEqual([]);
    });
  });
