// Stands in for `npx playwright test`, which needs a browser: the same set-up, several workers, the same tear-down.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import globalSetup from './global-setup.js';

const WORKERS = 4;
const worker = `
  const answer = await fetch(process.env.BASE_URL);
  console.log(JSON.stringify({ worker: process.pid, url: process.env.BASE_URL, lease: answer.headers.get('x-styxy-lock-id') }));
`;

try {
  const teardown = await globalSetup();
  try {
    const run = promisify(execFile);
    const workers = Array.from({ length: WORKERS }, () =>
      run(process.execPath, ['--input-type=module', '--eval', worker]),
    );
    for (const { stdout } of await Promise.all(workers)) process.stdout.write(stdout);
  } finally {
    await teardown?.();
  }
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
