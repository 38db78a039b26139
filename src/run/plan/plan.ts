import { plainText } from '../../base/plain-text.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import { instanceOf } from '../../client/session.ts';
import type { LoadedProject } from '../../project/load-config.ts';
import { ownTypeOf } from '../../project/own-types.ts';
import type { AllocateBody } from '../../protocol/allocation.ts';
import type { PortPlan, ScriptRewrite } from '../../tools/port-plan.ts';
import { findWorktree } from '../../system/worktree.ts';
import { readCommand } from './read-command.ts';
import { scriptVariables } from '../child/script-variables.ts';

/** What `styxy run` was asked for. */
export interface RunOptions {
  command: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  type?: string | undefined;
  name?: string | undefined;
  port?: number | undefined;
  prefer?: number | undefined;
  force?: boolean | undefined;
  instance?: string | undefined;
  /** The project's configuration, for what it says about the type. */
  project?: LoadedProject | undefined;
}

/** What will be leased, and how the command will be started with it. */
export interface RunPlan {
  request: AllocateBody;
  /** The command as it was given. */
  command: readonly string[];
  /** Further ports of the same run, by `--ports`. */
  more?: readonly AllocateBody[];
  serviceName: string;
  /** A number that the command or its script carries, and that may have to give way. */
  hardCodedPort: number | undefined;
  /** Variables of the project, with placeholders for ports. */
  projectEnv: Readonly<Record<string, string>>;
  adapter: string;
  because: string;
  /** The command for a port, and the variables that make the tool or the package script use it. */
  launch(
    port: number,
    ports?: ReadonlyMap<string, number>,
  ): { command: string[]; variables: Record<string, string>; script: ScriptRewrite | undefined };
}

const DEFAULT_TYPE = 'dev';

/** @throws StyxyError USAGE when there is no command */
export async function planRun(options: RunOptions): Promise<RunPlan> {
  const { command, cwd } = options;
  if (command.length === 0 || command[0] === '') {
    throw new StyxyError('USAGE', 'there is no command to run', { hint: 'styxy run -- npm run dev' });
  }
  const tool = await readCommand(command, cwd);
  const worktree = findWorktree(cwd);
  const serviceName = options.name ?? tool.serviceName;
  const wish = options.prefer ?? tool.wanted;
  const { adapter, because, wanted } = tool;
  const type = options.type ?? tool.serviceType ?? DEFAULT_TYPE;
  const config = options.project?.config;
  return {
    request: {
      service_type: type,
      service_type_default: options.type === undefined,
      service_name: serviceName,
      ...(options.port === undefined ? { preferred_port: wish } : { port: options.port }),
      project_path: plainText(worktree.path),
      branch: worktree.branch ?? undefined,
      ...instanceOf(options.env, options.instance),
      serves: true,
      command: printable(command),
      force: options.force,
      service_type_definition: ownTypeOf(config, type),
    },
    command,
    serviceName,
    hardCodedPort: wanted,
    projectEnv: config?.env ?? {},
    adapter,
    because,
    launch: (port) => launch(tool, port, options.env),
  };
}

function launch(tool: PortPlan, port: number, ours: NodeJS.ProcessEnv): ReturnType<RunPlan['launch']> {
  const { argv, env, scriptRewrite } = tool.inject(port);
  return {
    command: argv.map((word) => word.replaceAll('{port}', String(port))),
    variables: { ...env, ...(scriptRewrite && scriptVariables(scriptRewrite, ours)) },
    script: scriptRewrite,
  };
}

/** The command for people: one line, no control characters, at most 4096 characters. */
function printable(command: readonly string[]): string {
  const words = command.map((word) => (/^[\w@%+=:,./{}-]+$/.test(word) ? word : JSON.stringify(word)));
  return words
    .join(' ')
    .replaceAll(/[\u0000-\u001f\u007f]/g, ' ')
    .slice(0, 4096);
}
