#!/usr/bin/env node
const { statSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

// Node 22 and later can keep the compiled code of the last run: in our own folder, where nobody else can exchange it.
const { HOME, NODE_OPTIONS, STYXY_HOME } = process.env;
const home = STYXY_HOME || (HOME && join(HOME, '.styxy'));
const owner = enableCompileCache && home && statSync(home, { throwIfNoEntry: false })?.uid;
// Not as root (`sudo`) in the folder of somebody else, who could not write there any more.
if (owner !== undefined && owner === process.geteuid?.()) enableCompileCache(join(home, 'cache'));

// Without a listener, SIGUSR1 makes Node open a debugger to every program of this machine.
process.on('SIGUSR1', () => undefined);

// `NODE_OPTIONS=--inspect` is meant for the program that we start: it gets the debugger's port.
if (NODE_OPTIONS?.includes('--inspect')) require('node:inspector').close();

require('../dist/cli.cjs');
