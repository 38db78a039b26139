/* eslint-disable */
// Written by `styxy init`. It starts a command through Styxy, which gives it a port of its own, wherever Styxy is
// installed (in this project, on PATH, or by `styxy hook install`), and starts it as it stands wherever it is not.
// STYXY=0 switches Styxy off. Use: node styxy.cjs run [options] -- <command>
const { spawn } = require('node:child_process');
const { accessSync, constants, realpathSync } = require('node:fs');
const { homedir } = require('node:os');
const { delimiter, dirname, join } = require('node:path');

const isWindows = process.platform === 'win32';
const argv = process.argv.slice(2);
const command = argv.includes('--') ? argv.slice(argv.indexOf('--') + 1) : [];

// Styxy's own code runs in this process where it can; older versions of Node and other runtimes can't read it.
const canLoad = Number(process.versions.node.split('.')[0]) >= 20 && !process.versions.bun;
const installed = process.env.STYXY === '0' ? undefined : inProject() || onPath();
if (installed && installed.endsWith('.js') && canLoad) require(installed);
else if (installed && !installed.endsWith('.js')) start([installed, ...argv]);
else if (command.length > 0) start(command);
else fail(127, 'Styxy is not installed here');

function inProject() {
  try {
    const found = require.resolve('styxy/package.json', { paths: [process.cwd(), __dirname] });
    return join(dirname(found), 'bin', 'styxy.js');
  } catch {
    return undefined;
  }
}

function onPath() {
  const own = join(process.env.STYXY_HOME || join(homedir(), '.styxy'), 'bin');
  for (const folder of [...(process.env.PATH || '').split(delimiter), own]) {
    const file = join(folder || '.', isWindows ? 'styxy.cmd' : 'styxy');
    try {
      accessSync(file, constants.X_OK);
      return isWindows ? file : realpathSync(file);
    } catch {}
  }
  return undefined;
}

function start([program, ...args]) {
  // Where Node can do it, the command takes the place of this process.
  if (process.execve && !isWindows)
    process.execve('/bin/sh', ['sh', '-c', 'exec "$0" "$@"', program, ...args], process.env);
  const child = isWindows
    ? spawn([program, ...args].map(quoted).join(' '), { stdio: 'inherit', shell: true })
    : spawn(program, args, { stdio: 'inherit' });
  const isTerminal = process.stdin.isTTY || process.stdout.isTTY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends Ctrl-C to the command as well.
    process.on(signal, () => (signal === 'SIGINT' && isTerminal) || child.kill(signal));
  }
  child.on('error', (error) => fail(error.code === 'ENOENT' ? 127 : 126, `${program}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function quoted(word) {
  return /[\s"&|<>^()]/.test(word) ? `"${word.replaceAll('"', '\\"')}"` : word;
}

function fail(code, text) {
  console.error(`styxy.cjs: ${text}`);
  process.exit(code);
}
