import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createConnection, type Connection } from '../../src/client/connection.ts';
import { createHttpCoordinator } from '../../src/client/http-coordinator.ts';
import type { Coordinator } from '../../src/protocol/coordinator.ts';
import { styxyPaths, type Paths } from '../../src/system/paths.ts';
import { describedConnection } from './openapi.ts';
import { tempDir } from './temp.ts';

const BIN = fileURLToPath(new URL('../../bin/styxy.js', import.meta.url));

/** The built daemon in a process of its own, with a home of its own. */
export interface TestDaemon extends AsyncDisposable {
  readonly pid: number;
  readonly paths: Paths;
  /** Fails where an answer is not as the OpenAPI document says. */
  readonly connection: Connection;
  readonly coordinator: Coordinator;
  /** What it has said on stdout and stderr. */
  said(): string;
  isRunning(): boolean;
  /** Sends a signal and waits for its end. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Starts it again in the same home, after its end. */
  restart(): Promise<void>;
}

interface DaemonOptions {
  /** Written to config.json. */
  config?: object;
  /** 0, the default: the socket alone. */
  httpPort?: number;
  /** More variables for its environment. */
  env?: Record<string, string>;
}

export async function startTestDaemon({
  config,
  httpPort = 0,
  env: more,
}: DaemonOptions = {}): Promise<TestDaemon> {
  const home = tempDir();
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home.path,
    STYXY_HOME: home.path,
    STYXY_HTTP_PORT: String(httpPort),
    STYXY_LOG: 'debug',
    ...more,
  };
  const paths = styxyPaths(env);
  if (config) writeFileSync(paths.config, JSON.stringify(config));
  const connection = describedConnection(createConnection({ paths, env, autostart: false }));
  let child: ChildProcess;
  let said = '';

  async function start(): Promise<void> {
    const words = [BIN, 'daemon', 'run'];
    child = spawn(process.execPath, words, { env, cwd: home.path, stdio: ['ignore', 'pipe', 'pipe'] });
    const listens = new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the daemon ended with ${code}: ${said}`)));
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          said += text;
          if (said.includes('the daemon listens at')) resolve();
        });
      }
    });
    await listens;
  }

  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  async function end(signal: NodeJS.Signals) {
    const ended = isRunning() ? once(child, 'exit') : undefined;
    child.kill(signal);
    await ended;
    return { code: child.exitCode, signal: child.signalCode };
  }

  await start();
  return {
    paths,
    connection,
    coordinator: createHttpCoordinator(connection),
    get pid() {
      return child.pid ?? -1;
    },
    said: () => said,
    isRunning,
    end,
    async restart() {
      said = '';
      await start();
    },
    async [Symbol.asyncDispose]() {
      await end('SIGTERM');
      home.remove();
    },
  };
}
