// Runs scripts as `pnpm -r --parallel` does: each below a shell of its own, its output by a pipe. At SIGTERM it tells the
// shells, which hand nothing on, and waits for the end of the pipes. `workspace-runner.mjs SCRIPT...`
import { spawn } from 'node:child_process';

const shells = process.argv.slice(2).map((script) => {
  const shell = spawn('sh', ['-c', `${script}; exit $?`], { stdio: ['ignore', 'pipe', 'inherit'] });
  shell.stdout.pipe(process.stdout);
  return shell;
});
process.on('SIGTERM', () => shells.forEach((shell) => shell.kill('SIGTERM')));
