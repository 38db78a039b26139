import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startProgram, styxyHome } from '../support/home.ts';
import { waitFor } from '../support/processes.ts';
import { networkEnv, ROOT, succeed } from './support/project.ts';
import { boundLease, end, isFree, textAt } from './support/servers.ts';

/** The one that the demo takes where it is given none. */
const USUAL_PORT = 3000;

const git = spawnSync('git', ['-C', ROOT, 'ls-files', '-z', '-co', '--exclude-standard'], {
  encoding: 'utf8',
});

/** What a clone would hold if everything here were committed. */
function cloneTo(folder: string): string {
  for (const file of git.stdout.split('\0').filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
    if (lstatSync(join(ROOT, file)).isDirectory()) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(ROOT, file), join(folder, file));
  }
  return folder;
}

describe.skipIf(git.status !== 0)('a fresh clone on a machine with an empty home (needs git)', () => {
  const home = styxyHome();

  test("does what the README's first screen says: install, run the demo on a leased port", async () => {
    const command = 'npm install && npx styxy run -- npm run demo';
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n').slice(0, 40).join('\n')).toContain(
      command,
    );
    const clone = cloneTo(join(home.place, 'styxy'));
    const env = { ...networkEnv(), ...home.env };
    const isUsualFree = await isFree(USUAL_PORT);
    const run = startProgram(['sh', '-c', command], { cwd: clone, env });
    const lease = await boundLease(home, run, clone, 150_000);
    expect(run.stdout()).toContain(`listening on http://localhost:${lease.port}\n`);
    expect(await textAt(lease.url)).toBe(`Hello from port ${lease.port}.\n`);
    expect(lease.port).toBe(isUsualFree ? USUAL_PORT : home.ports.first);
    expect(daemonProgram(home.daemon()?.pid), 'npx took the package of the clone').toBe(
      join(clone, 'bin/styxy.js'),
    );

    const stop = await succeed(['npx', 'styxy', 'release', String(lease.port)], { cwd: clone, env });
    expect(stop.stderr).toContain(`released ${lease.port} (demo)`);
    await waitFor(() => run.stderr().includes('the lease has ended'), 10_000, 'the run to hear of it');
    for (const { pid } of lease.listeners) if (pid !== null) process.kill(pid, 'SIGTERM');
    await end(run, lease);
  });
});

/** The script that the process runs, from its command line. */
function daemonProgram(pid: number | undefined): string | undefined {
  const [, script] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return script && realpathSync(script);
}
