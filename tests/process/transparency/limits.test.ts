import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { programs } from '../../support/programs.ts';
import { statOf, waitFor } from '../../support/processes.ts';
import { openShell, openTerminal } from '../../support/pty.ts';
import { wrapperUnderTest } from '../../support/wrapper.ts';

const NODE = process.execPath;

/**
 * What only a program that execs its command, or that is not written in Node, can keep as it was.
 * These do not run by default; STYXY_TEST_LIMITS=1 shows which of them still hold.
 */
describe
  .runIf(process.env['STYXY_TEST_LIMITS'] === '1')
  .concurrent('a limit of every wrapper in Node:', () => {
    const wrapper = wrapperUnderTest();

    test('the soft limit of open files, which Node raises to the hard one at its start', async () => {
      const via = ['sh', '-c', 'ulimit -S -n 256; exec "$@"', 'sh'];
      const exit = await wrapper.start(['sh', '-c', 'ulimit -S -n'], { via }).finished();
      expect(exit.stdout.toString(), exit.story).toBe('256\n');
    });

    test('inherited descriptors above 2, which Node closes for its children', async () => {
      writeFileSync(wrapper.path('three'), 'from three\n');
      const via = ['sh', '-c', 'exec "$@" 3<three', 'sh'];
      const exit = await wrapper.start(['sh', '-c', 'cat <&3'], { via }).finished();
      expect(exit.stdout.toString(), exit.story).toBe('from three\n');
    });

    test('nohup: Node resets inherited signal dispositions', async () => {
      const journal = wrapper.journal();
      const child = `echo '{"event":"ready"}' >> ${journal.file}; sleep 1; exit 7`;
      const run = wrapper.start(['sh', '-c', child], { via: ['nohup'] });
      await journal.until('ready');
      process.kill(-run.pid, 'SIGHUP');
      const exit = await run.exited();
      expect(exit.status, exit.story).toBe(7);
    });

    test('SIGTERM to the whole group counted once: Node can not see who sent a signal', async () => {
      const journal = wrapper.journal();
      const run = wrapper.start([NODE, programs.recorder, journal.file, 'SIGUSR2', '7']);
      await journal.until('ready');
      process.kill(-run.pid, 'SIGTERM');
      await journal.until('SIGTERM');
      run.signal('SIGUSR2');
      await run.exited();
      expect(journal.count('SIGTERM')).toBe(1);
    });

    test('SIGTSTP to the wrapper alone: the child stops too', async () => {
      // Under a shell: the kernel stops nobody in a group that no shell could continue.
      const journal = wrapper.journal();
      const shell = await openShell(wrapper);
      shell.type(wrapper.shell(NODE, programs.recorder, journal.file));
      const { pid } = await journal.until('ready');
      const job = await shell.job();
      process.kill(job, 'SIGTSTP');
      await waitFor(() => statOf(job)?.state === 'T', 5000, 'the wrapper to stop');
      await waitFor(() => statOf(pid)?.state === 'T', 2000, 'the child to stop');
      shell.hangUp();
    });

    test('terminal modes that the command changed for good: Node sets them back at its end', async () => {
      const line = `${wrapper.shell('stty', '-echo')}; stty -a`;
      const terminal = openTerminal(wrapper, ['sh', '-c', line]);
      await terminal.exited();
      expect(terminal.screen()).toMatch(/ -echo /);
    });
  });
