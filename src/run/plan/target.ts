import { dirname, delimiter, join } from 'node:path';
import { StyxyError } from '../../base/styxy-error.ts';
import type { LoadedProject } from '../../project/load-config.ts';

/** What to run, after the project's configuration has been asked. */
export interface RunTarget {
  command: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The configured service, when one was named. */
  service: string | undefined;
}

/**
 * `styxy run <service>` starts the command that the project's configuration names, in the folder of that file and with
 * the project's own programs on PATH, as a package script would. Anything else is a command.
 * @param words what stood before `--`; `command` what stood behind it
 * @throws StyxyError USAGE
 */
export function resolveTarget(
  words: readonly string[],
  command: readonly string[] | undefined,
  project: LoadedProject | undefined,
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): RunTarget {
  if (command !== undefined) {
    if (words.length > 0) throw new StyxyError('USAGE', `unexpected "${words.join(' ')}" before --`);
    return { command: [...command], cwd, env, service: undefined };
  }
  const [name] = words;
  const service = name === undefined || words.length > 1 ? undefined : project?.config.services?.[name];
  if (!service || !project || name === undefined)
    return { command: [...words], cwd, env, service: undefined };
  if (service.command === undefined) {
    throw new StyxyError('USAGE', `service "${name}" has no command`, {
      why: `${project.file} names the service, but not how to start it`,
      hint: `add "command", or run it with styxy run --name ${name} -- <command>`,
    });
  }
  const folder = dirname(project.file);
  const path = [join(folder, 'node_modules', '.bin'), env.PATH].filter(Boolean).join(delimiter);
  return {
    command: [...wordsOf(service.command), ...(service.args ?? [])],
    cwd: folder,
    env: {
      ...env,
      PATH: path,
    },
    service: name,
  };
}

/** A plain command is started directly; one that needs a shell gets it. */
export function wordsOf(command: string | readonly string[]): string[] {
  if (typeof command !== 'string') return [...command];
  if (/^[\w@%+=:,./{} -]+$/.test(command)) return command.trim().split(/ +/);
  return process.platform === 'win32' ? ['cmd', '/d', '/s', '/c', command] : ['sh', '-c', command];
}
