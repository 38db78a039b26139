// Loaded before a daemon: SIGUSR2 makes its clock jump to what CHAOS_CLOCK (a file: ms to add) says.
const { readFileSync } = require('node:fs');

const real = Date.now;
let offset = 0;
Date.now = () => real() + offset;
process.on('SIGUSR2', () => {
  offset = Number(readFileSync(process.env.CHAOS_CLOCK, 'utf8'));
});
