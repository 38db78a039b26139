// A recorder whose child is a recorder too. `with-child.mjs JOURNAL CHILD_JOURNAL [END_SIGNAL] [EXIT_CODE]`
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const recorder = fileURLToPath(new URL('./recorder.mjs', import.meta.url));
const [journal, childJournal, ...ending] = process.argv.splice(2);
spawn(process.execPath, [recorder, childJournal, ...ending], { stdio: 'inherit' });
process.argv.push(journal, ...ending);
await import('./recorder.mjs');
