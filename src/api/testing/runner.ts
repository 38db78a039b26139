import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { messageOf } from '../../base/styxy-error.ts';
import { createHttpCoordinator } from '../../client/http-coordinator.ts';
import { packageRoot } from '../../system/package-root.ts';
import { wordsOf } from '../../system/process/command-words.ts';
import { sleep } from '../../system/sleep.ts';
import { connect } from '../connect.ts';
import { judgeServer } from './judge.ts';
import { type PlannedServer, takePlanned } from './plan.ts';

/*
 * A process of its own: starts the server under `styxy run`, and opens the gate as soon as the daemon sees that the
 * server on the port is the one that was started. Whatever else answers there, the gate stays closed.
 */

const ASK_MS = 100;
const START_MS = 60_000;
/** A signal to the group reaches the command by itself. */
const GROUP_SIGNAL_MS = 200;

const planned = takePlanned(process.argv[2], process.env);
if (planned) await serve(planned);
else fail('this is started by webServer() of styxy, and by nothing else');

async function serve(server: PlannedServer): Promise<void> {
  const state = { isOpen: false };
  const gate = createServer((_, answer) => answer.writeHead(state.isOpen ? 200 : 503).end());
  const child = start(server);
  const endChild = (): Promise<void> => end(child, server.endMs);
  const giveUp = async (why: string): Promise<void> => {
    child.removeAllListeners('exit');
    say(`${why}; no test is run against it`);
    await endChild();
    process.exit(1);
  };
  gate.listen(server.gatePort, '127.0.0.1');
  gate.on('error', (error) => void giveUp(`port ${server.gatePort}: ${messageOf(error)}`));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void endChild());
  child.on('exit', (code, signal) => {
    if (!state.isOpen && code !== null) say(`the server ended with code ${code} before it answered`);
    process.exit(code ?? (signal === 'SIGTERM' ? 0 : 1));
  });
  const why = await whyNotReady(server).catch(messageOf);
  if (why === undefined) state.isOpen = true;
  else await giveUp(why);
}

function start({ command, name, type = 'test', port, cwd = '', env }: PlannedServer): ChildProcess {
  const options = ['run', '--name', name, '--type', type, '--port', String(port), '--retries', '0'];
  const styxy = join(packageRoot(), 'bin', 'styxy.js');
  return spawn(process.execPath, [styxy, ...options, '--', ...wordsOf(command)], {
    cwd,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
}

/** @returns undefined once the server is ours, and answers */
async function whyNotReady({
  port,
  url,
  path = '/',
  lockId,
  timeout,
}: PlannedServer): Promise<string | undefined> {
  const coordinator = createHttpCoordinator(connect(process.env));
  const deadline = performance.now() + (timeout ?? START_MS);
  let driftedAt = Infinity;
  let unasked = '';
  while (performance.now() < deadline) {
    await sleep(ASK_MS);
    // A daemon that was killed or hangs is followed by the next one.
    const checked = await coordinator.check(port).catch((error: unknown) => messageOf(error));
    unasked = typeof checked === 'string' ? `; the daemon: ${checked}` : '';
    if (typeof checked === 'string') continue;
    if (checked.allocation?.state !== 'drifted') driftedAt = Infinity;
    else driftedAt = Math.min(driftedAt, performance.now());
    const verdict = judgeServer(checked, lockId, performance.now() - driftedAt);
    if (verdict.is === 'wrong') return verdict.why;
    if (verdict.is === 'ours' && (await answers(new URL(path, url)))) return undefined;
  }
  return `the server did not answer at ${new URL(path, url).href} within ${(timeout ?? START_MS) / 1000} s${unasked}`;
}

async function answers(url: URL): Promise<boolean> {
  const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) }).catch(
    () => undefined,
  );
  await answer?.body?.cancel();
  return answer !== undefined && answer.status < 500;
}

/** @param limitMs what the wrapper may take, which takes the command along */
async function end(child: ChildProcess, limitMs: number): Promise<void> {
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await sleep(GROUP_SIGNAL_MS);
  if (!isOver()) child.kill('SIGTERM');
  for (let waited = 0; waited < limitMs && !isOver(); waited += ASK_MS) await sleep(ASK_MS);
  if (!isOver()) child.kill('SIGKILL');
}

function say(text: string): void {
  process.stderr.write(`styxy: ${text}\n`);
}

function fail(text: string): never {
  say(text);
  process.exit(1);
}
