import { mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Journal } from '../../support/journal.ts';
import { childrenOf, isAlive, statOf, waitFor } from '../../support/processes.ts';
import { programs } from '../../support/programs.ts';
import { openShell, type Shell } from '../../support/pty.ts';
import { usually } from '../../support/runs.ts';
import { shellQuote, wrapperUnderTest, type Run } from '../../support/wrapper.ts';

const NODE = process.execPath;
const BIN = fileURLToPath(new URL('../../../bin/styxy.js', import.meta.url));
const ENDING = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'];
/** Longer than an obedient program takes to end, and shorter than a test may take. */
const GRACE_MS = 2000;

interface Kind {
  command(server: string): readonly string[];
  /** What the server does when it is asked. */
  manner?: 'any' | 'never';
  isStopped?: true;
}

/** docs/guides/endings.md has the same names. */
const KINDS: Readonly<Record<string, Kind>> = {
  plain: { command: (server) => ['sh', '-c', `exec ${server}`] },
  shell: { command: (server) => ['sh', '-c', `${server} & wait`] },
  'npm run': { command: (server) => ['npm', 'run', server] },
  'pnpm -r': { command: (server) => [NODE, programs.workspaceRunner, server] },
  setsid: { command: (server) => ['sh', '-c', `setsid ${server} & wait`] },
  'double fork': { command: (server) => ['sh', '-c', `(setsid ${server} &); exec sleep 100`] },
  stopped: { command: (server) => ['sh', '-c', `${server} & wait`], isStopped: true },
  ignoring: { command: (server) => ['sh', '-c', `${server} & wait`], manner: 'never' },
};
const kinds = Object.keys(KINDS);

describe.skipIf(process.platform !== 'linux').concurrent('every way to end, with each kind of tree', () => {
  const wrapper = wrapperUnderTest({ settings: { end_grace_ms: GRACE_MS } });
  let packages = 0;
  let rows = 0;

  /** A command of that kind, and the journal of its server. */
  function made(kind: string): { command: readonly string[]; cwd: string; journal: Journal } {
    const journal = wrapper.journal();
    const server = shellQuote([NODE, programs.recorder, journal.file, KINDS[kind]!.manner ?? 'any']);
    const cwd = wrapper.path(`package-${(packages += 1)}`);
    mkdirSync(cwd);
    if (kind !== 'npm run') return { command: KINDS[kind]!.command(server), cwd, journal };
    writeFileSync(`${cwd}/package.json`, JSON.stringify({ scripts: { dev: `${server}; exit $?` } }));
    return { command: KINDS[kind]!.command('dev'), cwd, journal };
  }

  async function serverOf(kind: string, journal: Journal): Promise<number> {
    const { pid } = await journal.until('ready');
    if (!KINDS[kind]!.isStopped) return pid;
    process.kill(pid, 'SIGSTOP');
    await waitFor(() => statOf(pid)?.state === 'T', 15_000, 'the server to be stopped');
    return pid;
  }

  /** Asked once, however many stand between; who obeys was not killed. */
  function expectAsked(kind: string, journal: Journal): void {
    const [server] = journal.entries();
    const events = journal.entries().flatMap(({ event, pid }) => (pid === server?.pid ? [event] : []));
    const asked = events.filter((event) => ENDING.includes(event));
    const story = events.join(' ');
    if (KINDS[kind]!.manner === 'never') expect(asked.length, story).toBeGreaterThan(0);
    else expect(asked.length, story).toBe(1);
  }

  async function leases(): Promise<{ holder: { pid: number }; port: number }[]> {
    const { stdout } = await wrapper.direct([NODE, BIN, 'list', '--json']).finished();
    return JSON.parse(stdout.toString()).allocations;
  }
  afterAll(() => waitFor(async () => (await leases()).length === 0, 15_000, 'every lease to end'));

  async function started(kind: string, via: readonly string[] = []): Promise<{ run: Run; journal: Journal }> {
    const { command, cwd, journal } = made(kind);
    const run = wrapper.start(command, { cwd, via });
    await serverOf(kind, journal);
    return { run, journal };
  }

  /** Another command, which succeeds. */
  async function styxy(cwd: string, ...words: string[]): Promise<void> {
    const exit = await wrapper.direct([NODE, BIN, ...words], { cwd }).exited();
    expect(exit.status, exit.story).toBe(0);
  }

  async function inTerminal(kind: string, before = ''): Promise<{ shell: Shell; journal: Journal }> {
    const { command, cwd, journal } = made(kind);
    const shell = await openShell(wrapper);
    shell.type(`cd ${shellQuote([cwd])}; ${before}${wrapper.shell(...command)}`);
    await serverOf(kind, journal);
    return { shell, journal };
  }

  /** A row of the table of endings; every third kind of tree has it, another one in the next row. */
  const ending = (way: string, end: (kind: string) => Promise<void>) => {
    const row = (rows += 1);
    test.each(usually(kinds, (_, column) => (row + column) % 3 === 0))(`%s: ${way}`, end);
  };

  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGINT'] as const)
    ending(`${signal} to the wrapper only`, async (kind) => {
      const { run, journal } = await started(kind);
      run.signal(signal);
      await run.exited();
      expect(run.survivors()).toEqual([]);
      expectAsked(kind, journal);
    });

  ending('SIGTERM to the group', async (kind) => {
    const { run, journal } = await started(kind);
    // The witness, by which a signal to the group is known.
    await waitFor(() => childrenOf(run.pid).length > 1, 15_000, 'the witness');
    process.kill(-run.pid, 'SIGTERM');
    await run.exited();
    expect(run.survivors()).toEqual([]);
    expectAsked(kind, journal);
  });

  ending('SIGKILL to the wrapper', async (kind) => {
    const { run, journal } = await started(kind);
    run.signal('SIGKILL');
    await run.gone();
    expectAsked(kind, journal);
  });

  ending('styxy stop', async (kind) => {
    const { run, journal } = await started(kind);
    const own = (await leases()).find(({ holder }) => holder.pid === run.pid);
    const exit = await wrapper.direct([NODE, BIN, 'stop', String(own?.port)]).finished();
    expect(exit.status, exit.story).toBe(0);
    expect(run.survivors()).toEqual([]);
    expectAsked(kind, journal);
  });

  ending('--if-running replace', async (kind) => {
    const { command, cwd, journal } = made(kind);
    const first = wrapper.direct([NODE, BIN, 'run', '--name', basename(cwd), '--', ...command], { cwd });
    await serverOf(kind, journal);
    await styxy(cwd, 'run', '--name', basename(cwd), '--if-running', 'replace', '--', 'true');
    await first.exited();
    expect(first.survivors()).toEqual([]);
    expectAsked(kind, journal);
  });

  ending('styxy restart', async (kind) => {
    const { command, cwd, journal } = made(kind);
    await styxy(cwd, 'run', '--detach', '--name', basename(cwd), '--', ...command);
    const server = await serverOf(kind, journal);
    await styxy(cwd, 'restart', basename(cwd));
    const { pid: next } = await journal.until('ready', 2);
    expect(isAlive(server)).toBe(false);
    expectAsked(kind, journal);
    await styxy(cwd, 'stop', basename(cwd));
    expect(isAlive(next)).toBe(false);
  });

  ending('SIGTERM to a stopped wrapper that goes on', async (kind) => {
    const { run, journal } = await started(kind);
    run.signal('SIGSTOP');
    run.signal('SIGTERM');
    run.signal('SIGCONT');
    await run.exited();
    expect(run.survivors()).toEqual([]);
    expectAsked(kind, journal);
  });

  ending('SIGTERM to a wrapper in a session of its own', async (kind) => {
    const { run, journal } = await started(kind, ['setsid', '--wait']);
    const [wrapped = 0] = childrenOf(run.pid);
    process.kill(wrapped, 'SIGTERM');
    await run.exited();
    await run.gone();
    expectAsked(kind, journal);
  });

  ending('Ctrl-C', async (kind) => {
    const { shell, journal } = await inTerminal(kind);
    shell.press('c');
    await shell.status();
    if (KINDS[kind]!.manner !== 'never') expectAsked(kind, journal);
    shell.hangUp();
    await shell.gone();
  });

  ending('Ctrl-\\', async (kind) => {
    const { shell } = await inTerminal(kind, 'ulimit -c 0; ');
    shell.press('\\');
    await shell.status();
    shell.hangUp();
    await shell.gone();
  });

  ending('a closed terminal of a stopped wrapper', async (kind) => {
    const { shell, journal } = await inTerminal(kind);
    const job = await shell.job();
    process.kill(job, 'SIGSTOP');
    await waitFor(() => statOf(job)?.state === 'T', 15_000, 'the wrapper to be stopped');
    shell.hangUp();
    await shell.gone();
    expect(journal.entries().some(({ event }) => ENDING.includes(event))).toBe(true);
  });

  ending('a closed terminal', async (kind) => {
    const { shell } = await inTerminal(kind);
    shell.hangUp();
    await shell.gone();
  });

  // Seen from the wrapper, that is a key of which a thread of its own has not told yet.
  test.each(['shell', 'stopped'])('a key that the wrapper does not see, %s', async (kind) => {
    const { shell, journal } = await inTerminal(kind, 'ulimit -c 0; ');
    const { pid } = await journal.until('ready');
    for (const reached of [pid, statOf(pid)?.parent ?? 0]) process.kill(reached, 'SIGQUIT');
    expect(await shell.status()).toBe(131);
    expectAsked(kind, journal);
    shell.hangUp();
    await shell.gone();
  });

  test('nohup holds for the command as well: neither it nor its wrapper ends with the terminal', async () => {
    const shell = await openShell(wrapper);
    const journal = wrapper.journal();
    const script = `echo '{"event":"ready","pid":'$$'}' >> ${journal.file}; exec sleep 100`;
    shell.type(`nohup ${wrapper.shell('sh', '-c', script)} > /dev/null 2>&1`);
    const { pid } = await journal.until('ready');
    const job = statOf(pid)?.parent ?? 0;
    shell.hangUp();
    await waitFor(() => !isAlive(shell.pid), 15_000, 'the shell to end');
    expect([isAlive(pid), isAlive(job)]).toEqual([true, true]);
    process.kill(job, 'SIGHUP');
    process.kill(job, 'SIGTERM');
    await shell.gone();
  });

  test('a prompt that takes Ctrl-C as a key goes on, however long', async () => {
    const journal = wrapper.journal();
    const shell = await openShell(wrapper);
    shell.type(wrapper.shell(NODE, programs.recorder, journal.file, 'SIGUSR2'));
    const { pid } = await journal.until('ready');
    shell.press('c');
    await journal.until('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, GRACE_MS * 2));
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGUSR2');
    expect(await shell.status()).toBe(7);
    shell.hangUp();
    await shell.gone();
  });
});
