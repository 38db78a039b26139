import { spawn, type ChildProcess } from 'node:child_process';

/** A command that finds no browser has failed by then; one that is the browser goes on. ms */
const FAILS_WITHIN_MS = 2000;

/**
 * Shows a file or an address in the user's browser: by the commands that `$BROWSER` names, separated as PATH is, else by
 * the system's opener. No shell reads any of it.
 * @returns what took it; undefined when nothing did
 */
export async function openInBrowser(what: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const named = commandsIn(env.BROWSER ?? '', what);
  for (const [command = '', ...args] of named) if (await starts(command, args, env)) return command;
  if (named.length > 0) return undefined;
  try {
    const { default: open } = await import('open');
    return (await isTaken(await open(what))) ? "the system's opener" : undefined;
  } catch {
    return undefined;
  }
}

function commandsIn(browser: string, what: string): string[][] {
  return browser
    .split(process.platform === 'win32' ? ';' : ':')
    .map((command) => command.trim().split(/\s+/))
    .filter(([name]) => name !== '')
    .map((words) =>
      words.includes('%s') ? words.map((word) => (word === '%s' ? what : word)) : [...words, what],
    );
}

/** It goes on after us, with nothing of ours. */
function starts(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  const child = spawn(command, args, { env, detached: true, stdio: 'ignore', windowsHide: true });
  child.unref();
  return isTaken(child);
}

/** Whether it has started, and goes on or has ended well: an opener ends with another code when it finds no browser. */
function isTaken(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), FAILS_WITHIN_MS);
    const end = (isOpen: boolean): void => {
      clearTimeout(timer);
      resolve(isOpen);
    };
    child.once('error', () => end(false));
    child.once('exit', (code) => end(code === 0));
    // On Windows it is waited for already.
    if (child.exitCode !== null) end(child.exitCode === 0);
  });
}
