import type { NamedPort } from './ports.ts';

/** What a run does if the same service of the same worktree runs already. */
export type IfRunning = 'new' | 'reuse' | 'replace' | 'fail';

/** What the caller of `styxy run` asked for; what is left out, the configuration or the command decides. */
export interface RunWishes {
  type?: string;
  name?: string;
  /** Exactly this port. */
  port?: number;
  /** This port if it is free. */
  prefer?: number;
  /** Several ports; the first one is the service's own, and gives it its name and type. */
  ports?: readonly NamedPort[];
  /** Variables that get the port instead of PORT. */
  env?: readonly string[];
  ifRunning?: IfRunning;
  instance?: string;
  force?: boolean;
  /** Exchange the number that a Node program listens on, where it can't be told another one. */
  remap?: boolean;
  /** A script without its package manager. */
  direct?: boolean;
}
