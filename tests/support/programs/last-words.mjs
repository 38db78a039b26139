// Prints the time in ms since the epoch, as its last act.
process.stdout.write(`${Date.now()}\n`);
