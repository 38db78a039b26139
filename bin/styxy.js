#!/usr/bin/env node
// Without a listener, SIGUSR1 makes Node open a debugger to every program of this machine.
process.on('SIGUSR1', () => undefined);

// `NODE_OPTIONS=--inspect` is meant for the program that we start: it gets the debugger's port.
if (process.env.NODE_OPTIONS?.includes('--inspect')) require('node:inspector').close();

require('../dist/start.cjs');
