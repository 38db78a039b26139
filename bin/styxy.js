#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

// Node 22 and later can keep the compiled code of the last run: in our own folder, where nobody else can exchange it.
const home = process.env.STYXY_HOME || join(process.env.HOME || '', '.styxy');
if (enableCompileCache && existsSync(home)) enableCompileCache(join(home, 'cache'));

require('../dist/cli.cjs');
