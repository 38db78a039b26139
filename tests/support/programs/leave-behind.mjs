// Leaves a program running and ends, like a server that puts itself in the background.
// `leave-behind.mjs JOURNAL EXIT_CODE [own-session]`; the journal is the left program's.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [journal, exitCode, ownSession] = process.argv.slice(2);
const recorder = fileURLToPath(new URL('./recorder.mjs', import.meta.url));
spawn(process.execPath, [recorder, journal], {
  stdio: 'ignore',
  detached: ownSession === 'own-session',
}).unref();

setInterval(() => {
  if (existsSync(journal)) process.exit(Number(exitCode));
}, 10);
