// Records every signal it gets; ends on one of them. `recorder.mjs JOURNAL [END_SIGNAL] [EXIT_CODE]`
// END_SIGNAL `any`: on each that asks to end, after a while in which it would get another one.
import { appendFileSync } from 'node:fs';

const [journal, endSignal = 'SIGTERM', exitCode = '7'] = process.argv.slice(2);
const ENDING = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'];
const SIGNALS = 'SIGHUP SIGINT SIGQUIT SIGTERM SIGUSR1 SIGUSR2 SIGALRM SIGWINCH SIGCONT'.split(' ');

function record(event, details = {}) {
  appendFileSync(journal, `${JSON.stringify({ event, pid: process.pid, ...details })}\n`);
}

for (const signal of SIGNALS) {
  process.on(signal, () => {
    const size = process.stdout.isTTY ? process.stdout.getWindowSize() : undefined;
    record(signal, { size });
    if (signal === endSignal) process.exit(Number(exitCode));
    if (endSignal === 'any' && ENDING.includes(signal)) setTimeout(() => process.exit(Number(exitCode)), 300);
  });
}
record('ready', { parent: process.ppid });

// No failed test leaves it behind for long.
setTimeout(() => process.exit(99), 100_000);
