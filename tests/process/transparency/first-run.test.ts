import { describe, expect, test } from 'vitest';
import { programs } from '../../support/programs.ts';
import { isAlive, statOf } from '../../support/processes.ts';
import { openShell } from '../../support/pty.ts';
import { wrapperUnderTest } from '../../support/wrapper.ts';

const NODE = process.execPath;

describe.skipIf(process.platform !== 'linux')('the first `styxy run`, which has to start the daemon,', () => {
  // Each part has a STYXY_HOME of its own, where no daemon has run yet.
  describe('in a pipe', () => {
    const wrapper = wrapperUnderTest({ warm: false });

    test("gives the pipe's reader the end of file when the command ends: the daemon holds no stream", async () => {
      const exit = await wrapper.start(['echo', 'hello']).finished();
      expect(exit.status, exit.story).toBe(0);
      expect(exit.stdout.toString()).toBe('hello\n');
      expect(exit.stderr.toString()).toBe('');
    });

    test('leaves the daemon out of its process group: SIGKILL to the group does not reach it', async ({
      skip,
    }) => {
      const journal = wrapper.journal();
      const run = wrapper.start([NODE, programs.recorder, journal.file]);
      await journal.until('ready');
      const daemon = wrapper.daemonPid();
      if (daemon === undefined) {
        skip('this wrapper has no daemon');
        return;
      }
      expect(statOf(daemon)?.session).not.toBe(run.pid);
      process.kill(-run.pid, 'SIGKILL');
      await run.exited();
      await run.gone();
      expect(isAlive(daemon)).toBe(true);
    });
  });

  describe('when SIGTERM comes while the daemon starts', () => {
    const wrapper = wrapperUnderTest({ warm: false });

    test('leaves no orphan, and the next run works', async () => {
      for (const delay of [30, 80, 130, 200]) {
        const run = wrapper.start([NODE, programs.recorder, wrapper.journal().file]);
        await new Promise((resolve) => setTimeout(resolve, delay));
        run.signal('SIGTERM');
        const exit = await run.exited();
        expect([143, 7], `SIGTERM after ${delay} ms; ${exit.story}`).toContain(exit.status);
      }
      const next = wrapper.start(['sh', '-c', 'exit 5']);
      expect((await next.finished()).code).toBe(5);
      await next.gone();
    });
  });

  describe('in a terminal', () => {
    const wrapper = wrapperUnderTest({ warm: false });

    test('leaves the daemon out of reach of Ctrl-C and of the hang-up', async ({ skip }) => {
      const journal = wrapper.journal();
      const shell = await openShell(wrapper);
      shell.type(wrapper.shell(NODE, programs.recorder, journal.file, 'SIGINT', '7'));
      const { pid: child } = await journal.until('ready');
      const daemon = wrapper.daemonPid();
      if (daemon === undefined) {
        skip('this wrapper has no daemon');
        return;
      }
      shell.press('c');
      expect(await shell.status()).toBe(7);
      shell.hangUp();
      const next = await wrapper.start(['true']).finished();
      expect(next.status, next.story).toBe(0);
      expect({ child: isAlive(child), daemon: isAlive(daemon) }).toEqual({ child: false, daemon: true });
      expect(wrapper.daemonPid(), 'the same daemon answered').toBe(daemon);
    });
  });
});
