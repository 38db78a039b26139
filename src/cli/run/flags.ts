import type { PlannedService } from '../../protocol/requests/project.ts';
import type { IfRunning, RunWishes } from '../../run/plan/wishes.ts';

/** The options of `styxy run`. */
export interface RunFlags extends RunWishes {
  detach?: boolean;
  /** This is the wrapper in the background. */
  detached?: boolean;
  /** It ends with the command that has started it. */
  attached?: boolean;
  /** It runs a service of `styxy up`. */
  up?: UpFlags;
  /** With `detach`: which of several services of the command is to be told of. */
  about?: string;
  wait?: boolean;
  /** For `--wait`. ms */
  timeout: number;
  retries?: number;
  quiet?: boolean;
  json?: boolean;
  dryRun?: boolean;
}

/** What `styxy up` knows of a service that no configuration says. */
export interface UpFlags {
  /** It is started again when it fails. */
  restarts?: boolean;
  /** The services beside it. */
  siblings?: readonly PlannedService[];
}

/** What holds when no option says otherwise. */
export const RUN_DEFAULTS: RunFlags = { timeout: 30_000 };

/**
 * The same run for the wrapper in the background; what concerns the foreground is left out.
 * @param words what stood before `--`
 * @param command what stood behind it
 */
export function backgroundArguments(
  {
    type,
    name,
    port,
    prefer,
    instance,
    retries,
    ports,
    env = [],
    force,
    remap,
    direct,
    up,
    attached,
  }: RunFlags,
  ifRunning: IfRunning,
  words: readonly string[],
  command: readonly string[] | undefined,
): string[] {
  const given = {
    type,
    name,
    port,
    prefer,
    instance,
    retries,
    ports: ports?.map((each) => `${each.name}=${each.type}`).join(','),
    'if-running': ifRunning,
    up: up && JSON.stringify(up),
  };
  const options = Object.entries(given).flatMap(([option, value]) =>
    value === undefined ? [] : [`--${option}=${value}`],
  );
  const variables = env.map((variable) => `--env=${variable}`);
  const target = command ? [...words, '--', ...command] : words;
  return [
    'run',
    '--detached',
    ...(attached ? ['--attached'] : []),
    ...options,
    ...variables,
    ...(force ? ['--force'] : []),
    ...(remap ? ['--remap'] : []),
    ...(direct ? ['--direct'] : []),
    ...target,
  ];
}
