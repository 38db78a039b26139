import { tildePath, withoutFolders } from '../base/short-text.ts';
import { pidOf, type Lease } from './lease.ts';
import type { PortUser, Reason } from './reason.ts';
import type { WishSource } from './request.ts';

/** The first candidate that a request did not get. */
export type PassedOver = { readonly port: number } & (
  | { readonly why: 'used'; readonly by: PortUser | undefined }
  | { readonly why: 'quarantined' }
  | { readonly why: 'leased'; readonly lease: Lease }
  | { readonly why: 'kept'; readonly project: string | undefined; readonly name: string }
  | { readonly why: 'failed' }
  | { readonly why: 'refused'; readonly because: string }
);

/** Which rule offers a candidate. */
export type Rule =
  | 'exact'
  | 'wish'
  | 'remembered'
  | 'told'
  | 'template'
  | 'tool_default'
  | 'first_free'
  | 'last_resort';

/** What decided for a port. */
export interface Decision {
  readonly rule: Rule;
  /** Undefined: it was the first choice. */
  readonly passedOver: PassedOver | undefined;
  readonly wishedBy: WishSource | undefined;
  readonly wishedIn?: string | undefined;
  readonly type: string;
  /** The user's home folder, for paths. */
  readonly home: string;
}

const WISHED: Readonly<Record<WishSource, Reason>> = {
  option: { code: 'asked', text: 'the port that was asked for' },
  config: { code: 'configured', text: 'configured (prefer)' },
  script: { code: 'script', text: 'the port in the script' },
  environment: { code: 'environment', text: "the port of the caller's PORT" },
  project: { code: 'told', text: 'the port that its project was told' },
};

export function reasonFor({ rule, passedOver, wishedBy = 'option', wishedIn, type, home }: Decision): Reason {
  if (rule === 'exact') {
    return wishedBy === 'config' ? { code: 'configured', text: 'configured (port)' } : WISHED.option;
  }
  if (rule === 'last_resort' && passedOver?.why !== 'refused') {
    return { code: 'last_resort', text: `no other port of ${type} is free` };
  }
  if (passedOver) return { ...notFirst(passedOver, home), insteadOf: passedOver.port };
  if (rule === 'wish' && wishedBy === 'script' && wishedIn !== undefined)
    return { code: 'script', text: `the port in ${wishedIn}` };
  if (rule === 'wish') return WISHED[wishedBy];
  if (rule === 'told') return WISHED.project;
  if (rule === 'remembered') return { code: rule, text: 'same as last time' };
  if (rule === 'tool_default') return { code: rule, text: 'the port that the tool takes by itself' };
  if (rule === 'template') return { code: rule, text: "the port of the instance's template" };
  return { code: 'first_free', text: `the first free port of ${type}` };
}

function notFirst(passed: PassedOver, home: string): Reason {
  const { port } = passed;
  switch (passed.why) {
    case 'used':
      return { code: 'used', text: `${port} is used by ${portUserWords(passed.by, home)}` };
    case 'quarantined':
      return { code: 'used', text: `${port} was used by another program a moment ago` };
    case 'leased':
      return { code: 'leased', text: leasedWords(port, passed.lease, home) };
    case 'kept': {
      const { project, name } = passed;
      const service = project === undefined ? name : `${tildePath(project, home)} ${name}`;
      return { code: 'kept', text: `${port} is kept for ${service} (--prefer ${port} takes it)` };
    }
    case 'failed':
      return { code: 'failed', text: `${port} was taken before the command could bind it` };
    default:
      return { code: 'refused', text: `${port} can't be leased: ${passed.because}` };
  }
}

/** `node server.js (pid 4906, ~/other)` */
export function portUserWords(user: PortUser | undefined, home: string): string {
  if (!user) return 'another program';
  if (user.container) return `container ${user.container.name}`;
  if (user.pid === null) return `a program of ${user.user ?? 'another user'}`;
  return withDetails(user.command ?? 'a program', user.pid, user.cwd, home);
}

/** `3000 is leased to web (pid 4906, ~/shop)` */
export function leasedWords(port: number, lease: Lease, home: string): string {
  const { type, name = type, service, holds } = lease;
  const [{ holder, project }] = holds;
  const who = withDetails(name, service?.pid ?? pidOf(holder), project, home);
  return lease.port === port
    ? `${port} is leased to ${who}`
    : `${port} is used by ${who} instead of its port ${lease.port}`;
}

const LONGEST_COMMAND = 60;

function withDetails(what: string, pid?: number | null, folder?: string | null, home = ''): string {
  const short = withoutFolders(what);
  const name = short.length > LONGEST_COMMAND ? `${short.slice(0, LONGEST_COMMAND - 1)}…` : short;
  const details = [...(pid ? [`pid ${pid}`] : []), ...(folder ? [tildePath(folder, home)] : [])];
  return details.length > 0 ? `${name} (${details.join(', ')})` : name;
}
