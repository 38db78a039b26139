// Records which of its three streams are terminals, and their size. `tell-terminal.mjs JOURNAL`
import { appendFileSync } from 'node:fs';
import { isatty } from 'node:tty';

const entry = {
  event: 'terminal',
  pid: process.pid,
  terminals: [0, 1, 2].filter((fd) => isatty(fd)),
  size: process.stdout.isTTY ? process.stdout.getWindowSize() : null,
};
appendFileSync(process.argv[2], `${JSON.stringify(entry)}\n`);
