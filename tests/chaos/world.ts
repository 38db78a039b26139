import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimPortBlock, type PortBlock } from '../support/port-block.ts';
import { waitFor } from '../support/processes.ts';
import { socketApi, type SocketApi } from '../support/socket-api.ts';
import { startProgram, type Exit, type Running } from '../support/start-program.ts';
import { identityOf, lives, processesWith, type ProcessId } from './machine.ts';

export interface WorldOptions {
  /** The repository; chaos uses its built program. */
  readonly root: string;
  readonly home: string;
  /** The home is a small disk of its own, which may be filled. */
  readonly mayFillDisk: boolean;
}

/** A home of Styxy with its daemon, and all that may be done to it from outside. */
export interface World {
  readonly root: string;
  readonly home: string;
  readonly place: string;
  readonly ports: PortBlock;
  /** Ports of no service type, for programs that ignore theirs. */
  readonly wild: PortBlock;
  readonly api: SocketApi;
  readonly mayFillDisk: boolean;
  readonly env: Readonly<Record<string, string>>;
  start(args: readonly string[], env?: Record<string, string>): Running;
  cli(...args: string[]): Promise<Exit>;
  daemon(): ProcessId | undefined;
  /** Since when this daemon runs, as seen here; undefined when there is none. ms of performance.now() */
  daemonSince(): number | undefined;
  /** Ends the daemon and starts one whose clock can be moved. */
  startWithClock(): Promise<void>;
  /** undefined: the daemon that runs has a clock of its own. */
  moveClock(ms: number): boolean;
  /** How often the clock has jumped; with each jump, and when its daemon ends, deadlines mean nothing any more. */
  readonly jumps: number;
  configure(extra: Record<string, unknown> | string): void;
  /** What the daemons wrote about a lease. */
  logOf(lockId: string): string[];
  fillDisk(): void;
  freeDisk(): void;
  /** Processes of this home that live, the daemon left out. */
  leftovers(): { pid: number; command: string }[];
  close(): Promise<void>;
}

const STEP = 64 * 1024;

export async function createWorld({ root, home, mayFillDisk }: WorldOptions): Promise<World> {
  const place = join(home, '..', 'place');
  mkdirSync(place, { recursive: true });
  const [ports, wild] = [await claimPortBlock(), await claimPortBlock()];
  const bin = join(root, 'bin', 'styxy.js');
  const clock = join(place, 'clock');
  const filler = join(home, 'filler');
  const env = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: place,
    SHELL: '/bin/sh',
    STYXY_HOME: home,
    STYXY_HTTP_PORT: '0',
    STYXY_LOG: 'debug',
  };
  let ours: ChildProcess | undefined;
  let jumps = 0;
  let seen: { daemon: ProcessId; since: number } | undefined;

  function daemon(): ProcessId | undefined {
    try {
      const file = JSON.parse(readFileSync(join(home, 'daemon.pid'), 'utf8')) as { pid: number };
      const found = identityOf(file.pid);
      if (found && (seen?.daemon.pid !== found.pid || seen.daemon.start !== found.start)) {
        seen = { daemon: found, since: performance.now() };
      }
      return found;
    } catch {
      return undefined;
    }
  }

  const configure: World['configure'] = (extra) => {
    const types = { dev: { port_range: [ports.first, ports.last], preferred_ports: [ports.first] } };
    const text = typeof extra === 'string' ? extra : JSON.stringify({ service_types: types, ...extra });
    writeFileSync(join(home, 'config.json'), text);
  };

  const start: World['start'] = (args, own = {}) =>
    startProgram([process.execPath, bin, ...args], { cwd: place, env: { ...env, ...own } });

  configure({});
  return {
    get jumps() {
      return jumps;
    },
    root,
    home,
    place,
    ports,
    wild,
    env,
    mayFillDisk,
    api: socketApi(() => join(home, 'daemon.sock')),
    start,
    cli: (...args) => start(args).finished(30_000),
    daemon,
    daemonSince: () => (daemon() ? seen?.since : undefined),
    configure,
    async startWithClock() {
      const old = daemon();
      if (old) process.kill(old.pid, 'SIGKILL');
      await waitFor(() => !old || !lives(old), 5000, 'the daemon to end');
      writeFileSync(clock, '0');
      const shim = join(root, 'tests', 'chaos', 'clock.cjs');
      ours = spawn(process.execPath, ['--require', shim, bin, 'daemon', 'run', '--spawned'], {
        env: { ...env, CHAOS_CLOCK: clock },
        stdio: 'ignore',
        detached: true,
      });
    },
    moveClock(ms) {
      if (ours?.pid === undefined || daemon()?.pid !== ours.pid) return false;
      writeFileSync(clock, String(ms));
      jumps += 1;
      return process.kill(ours.pid, 'SIGUSR2');
    },
    logOf(lockId) {
      const log = readFileSync(join(home, 'logs', 'daemon.log'), 'utf8');
      return log.split('\n').filter((line) => line.includes(lockId));
    },
    fillDisk() {
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(STEP), { flag: 'a' });
      } catch {
        // Full: that is what was wanted.
      }
    },
    freeDisk: () => rmSync(filler, { force: true }),
    leftovers: () =>
      processesWith(`STYXY_HOME=${home}`).filter(({ command }) => !/ daemon run( --spawned)?$/.test(command)),
    async close() {
      const last = daemon();
      await startProgram([process.execPath, bin, 'daemon', 'stop'], { cwd: place, env }).finished(20_000);
      if (last && lives(last)) process.kill(last.pid, 'SIGKILL');
      ports.release();
      wild.release();
    },
  };
}
