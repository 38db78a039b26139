import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { giveCompiledCode, keepCompiledCode } from './compiled-code.ts';
import { claimPortBlock, type PortBlock } from './port-block.ts';
import { allPids, isAlive, waitFor } from './processes.ts';
import { socketApi, type SocketApi } from './socket-api.ts';
import { startProgram, type Exit, type Running, type StartOptions } from './start-program.ts';
import { tempDir } from './temp.ts';

export { startProgram, type Exit, type Running, type StartOptions };

export const BIN = fileURLToPath(new URL('../../bin/styxy.js', import.meta.url));

/** What `daemon.pid` says. */
export interface DaemonFile {
  readonly pid: number;
  readonly start_time: string;
  readonly boot_id: string;
  readonly socket: string;
}

/** How a command of the home is started. */
export interface CommandOptions extends StartOptions {
  /** Instead of the checkout's own `bin/styxy.js`. */
  readonly bin?: string;
}

/** A STYXY_HOME of the calling test file's own, with its own row of ports for the types in `config.json`. */
export interface StyxyHome {
  readonly path: string;
  /** A folder outside of any repository, where commands run. */
  readonly place: string;
  readonly ports: PortBlock;
  readonly env: Readonly<Record<string, string>>;
  /** Starts `styxy ...args`. */
  start(args: readonly string[], options?: CommandOptions): Running;
  /** Runs `styxy ...args` to its end. */
  cli(args: readonly string[], options?: CommandOptions): Promise<Exit>;
  /** The same for a command that must succeed. @returns its JSON */
  json<Answer>(args: readonly string[], options?: CommandOptions): Promise<Answer>;
  readonly api: SocketApi;
  daemon(): DaemonFile | undefined;
  /** Living processes that were started with this home, the daemons among them. */
  processes(): { pid: number; command: string }[];
  /** Pids of all living daemons of this home. */
  daemons(): number[];
  /** Kills the daemon and waits until it is dead. @returns its pid */
  killDaemon(): Promise<number>;
}

type ServiceTypes = Record<
  string,
  { port_range: [number, number]; preferred_ports?: number[]; instance_behavior?: 'single' }
>;

export interface HomeOptions {
  /** For `config.json`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Service types for `config.json`; by default `dev` has the whole row of ports. */
  readonly types?: (ports: PortBlock) => ServiceTypes;
  /** Nothing of Styxy's own code is compiled for it yet, as for a new user. */
  readonly cold?: boolean;
}

/** Call it once per test file (or `describe`). After the tests the daemon is stopped and seen gone. */
export function styxyHome({ types = devOnly, settings = {}, cold = false }: HomeOptions = {}): StyxyHome {
  const made = { path: '', place: '', ports: undefined as PortBlock | undefined };
  const removals: (() => void)[] = [];

  const daemon = (): DaemonFile | undefined => readDaemonFile(join(made.path, 'daemon.pid'));
  const api = socketApi(() => daemon()?.socket ?? join(made.path, 'daemon.sock'));
  const env = (): Record<string, string> => ({
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: made.place,
    LANG: 'C.UTF-8',
    SHELL: '/bin/sh',
    STYXY_HOME: made.path,
    STYXY_HTTP_PORT: '0',
    // With an empty HOME each npm would ask the registry for a newer one.
    npm_config_update_notifier: 'false',
  });

  const start: StyxyHome['start'] = (args, options = {}) =>
    startProgram([process.execPath, options.bin ?? BIN, ...args], {
      ...options,
      cwd: options.cwd ?? made.place,
      env: { ...env(), ...options.env },
    });
  const cli: StyxyHome['cli'] = (args, options) => start(args, options).finished();

  const processes = () =>
    allPids()
      .filter((pid) => isAlive(pid) && environmentOf(pid).includes(`STYXY_HOME=${made.path}`))
      .map((pid) => ({ pid, command: commandLine(pid) }));
  const daemons = () =>
    processes()
      .filter(({ command }) => / daemon run( --spawned)?$/.test(command))
      .map(({ pid }) => pid);

  beforeAll(async () => {
    const [home, place] = [tempDir('styxy-home-'), tempDir('styxy-cwd-')];
    made.path = home.path;
    made.place = place.path;
    made.ports = await claimPortBlock();
    removals.push(home.remove, place.remove, made.ports.release, () => api.close());
    if (!cold) giveCompiledCode(home.path);
    const config = { service_types: types(made.ports), ...settings };
    writeFileSync(join(home.path, 'config.json'), JSON.stringify(config));
  });

  // What a failed test leaves behind would be found by its next try.
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return;
    for (const { pid } of processes()) kill(pid);
    // Its connections are to a daemon that is gone.
    api.close();
  });

  afterAll(async () => {
    try {
      // A wrapper that is still there would start the next daemon.
      const daemonPids = daemons();
      for (const { pid } of processes()) if (!daemonPids.includes(pid)) kill(pid);
      // As `styxy daemon stop` does it, which would cost each file another command.
      for (const pid of daemonPids) for (const signal of ['SIGTERM', 'SIGCONT'] as const) kill(pid, signal);
      await waitFor(() => daemons().length === 0, 10_000, 'every daemon to end after SIGTERM');
      if (!cold) keepCompiledCode(made.path);
    } finally {
      for (const { pid } of processes()) kill(pid);
      for (const remove of removals) remove();
    }
  });

  return {
    get path() {
      return made.path;
    },
    get place() {
      return made.place;
    },
    get ports() {
      if (!made.ports) throw new Error('the home is there only while tests run');
      return made.ports;
    },
    get env() {
      return env();
    },
    start,
    cli,
    api,
    daemon,
    processes,
    daemons,
    async json<Answer>(args: readonly string[], options?: CommandOptions) {
      const end = args.includes('--') ? args.indexOf('--') : args.length;
      const exit = await cli(args.toSpliced(end, 0, '--json'), options);
      if (exit.code !== 0) throw new Error(exit.story);
      return JSON.parse(exit.stdout) as Answer;
    },
    async killDaemon() {
      const pid = daemon()?.pid;
      if (pid === undefined || !isAlive(pid)) throw new Error('there is no daemon to kill');
      kill(pid);
      await waitFor(() => !isAlive(pid), 5000, `daemon ${pid} to be dead`);
      return pid;
    },
  };
}

const devOnly = ({ first, last }: PortBlock): ServiceTypes => ({
  dev: { port_range: [first, last], preferred_ports: [first, first + 1] },
});

function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself a moment ago.
  }
}

function readDaemonFile(path: string): DaemonFile | undefined {
  try {
    const file: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof file === 'object' && file !== null ? (file as DaemonFile) : undefined;
  } catch {
    return undefined;
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  } catch {
    return '(ended)';
  }
}
