import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { acquirePort } from 'styxy';

const START_LIMIT_MS = 20_000;

/**
 * Playwright calls this once, before its workers; what it returns is called once, after them. All workers find the one
 * server under BASE_URL. If BASE_URL is set already, a server that runs is reused, but only one of this very worktree.
 */
export default async function globalSetup() {
  const { BASE_URL } = process.env;
  if (BASE_URL) {
    await refuseForeignServer(new URL(BASE_URL));
    return undefined;
  }
  // `require`: without the daemon nobody could prove whose server it is.
  const lease = await acquirePort({ type: 'dev', name: 'app-under-test', daemon: 'require' });
  const app = spawn(process.execPath, [fileURLToPath(new URL('app.js', import.meta.url))], {
    env: { ...process.env, ...lease.env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const stop = async () => {
    if (app.exitCode === null && app.signalCode === null) {
      const ended = once(app, 'exit');
      app.kill();
      await ended;
    }
    await lease.release();
  };
  try {
    await untilOurAppAnswers(lease, app);
  } catch (error) {
    await stop();
    throw error;
  }
  process.env.BASE_URL = lease.url;
  return stop;
}

/** "Something answers" is not enough: it must be the server that was started with this lease. */
async function untilOurAppAnswers({ url, lockId }, app) {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.headers.get('x-styxy-lock-id') === lockId) return;
    if (answer) throw new Error(`a foreign server answers at ${url}`);
    if (app.exitCode !== null) throw new Error(`the app ended with ${app.exitCode} before it listened`);
    await sleep(50);
  }
  throw new Error(`the app did not answer at ${url} within ${START_LIMIT_MS / 1000} s`);
}

async function refuseForeignServer({ href, port }) {
  const { allocations } = JSON.parse(await styxy('list', '--project', '.', '--json'));
  if (allocations.some((lease) => lease.port === Number(port) && lease.state === 'bound')) return;
  const { project_path: project, command } = JSON.parse(await styxy('whose', port, '--json'));
  const owner = project ? `${command ?? 'a program'} in ${project}` : 'nobody that Styxy knows';
  throw new Error(`BASE_URL ${href} is not a server of this worktree: the port belongs to ${owner}`);
}

/** What a `styxy` command prints; its exit code says no more than that. */
async function styxy(...args) {
  const run = promisify(execFile)('npx', ['styxy', ...args], { shell: process.platform === 'win32' });
  const { stdout } = await run.catch((error) => (error.stdout ? error : Promise.reject(error)));
  return stdout;
}
