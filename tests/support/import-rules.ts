import { posix } from 'node:path';
import type { Import, SourceFile } from './source-tree.ts';

/** A folder of `src`, or a room inside one: what it may import, and the reason told when it imports something else. */
interface Rule {
  readonly mayImport: readonly string[];
  readonly because: string;
}

type Rules = Readonly<Record<string, Rule>>;

/** The folders of `src`. Imports only go down; a folder that is not in this table may not exist. */
export const FOLDERS: Rules = {
  base: { mayImport: [], because: 'everything stands on base, so it stands on nothing' },
  domain: { mayImport: ['base'], because: 'rules about leases know no clock, no OS and no HTTP' },
  settings: {
    mayImport: ['base', 'domain'],
    because: 'what can be configured does not know where files are',
  },
  protocol: { mayImport: ['base', 'domain'], because: 'the wire has names, not behaviour' },
  tools: { mayImport: ['base'], because: 'how programs take ports does not depend on a daemon' },
  system: { mayImport: ['base'], because: 'facts of the machine know no leases, ranges or services' },
  project: {
    mayImport: ['base', 'settings', 'system'],
    because: 'reading what a project says about itself leases nothing and starts nothing',
  },
  client: {
    mayImport: ['base', 'protocol', 'system'],
    because: "a client does not know the daemon's inside",
  },
  daemon: {
    mayImport: ['base', 'domain', 'settings', 'protocol', 'system'],
    because: 'the daemon knows no flags, no colours and no client',
  },
  run: {
    mayImport: ['base', 'settings', 'tools', 'protocol', 'project', 'client', 'system'],
    because: 'a child lives inside a lease whatever the command line looked like',
  },
  up: {
    mayImport: ['base', 'settings', 'tools', 'protocol', 'project', 'client', 'system', 'run'],
    because: 'several services at once are several runs, whatever the command line looked like',
  },
  hook: {
    mayImport: ['base', 'settings', 'tools', 'protocol'],
    because: "deciding on an agent's command runs nothing and leases nothing",
  },
  init: {
    mayImport: ['base', 'settings', 'tools'],
    because: 'what becomes of a text is decided without reading or writing a file',
  },
  api: {
    mayImport: ['base', 'settings', 'protocol', 'project', 'client', 'system'],
    because: 'a library must not drag the command line along',
  },
  overview: {
    mayImport: ['base', 'protocol'],
    because: 'what people are shown is made from answers, for a page and for a terminal alike',
  },
  dashboard: {
    mayImport: ['base', 'protocol', 'overview'],
    because: 'what runs in a browser knows the wire, and what is shown of it',
  },
  cli: {
    mayImport: [
      'base',
      'settings',
      'protocol',
      'tools',
      'system',
      'project',
      'client',
      'run',
      'up',
      'hook',
      'init',
      'api',
      'overview',
    ],
    because: 'the edge speaks to the rules through the protocol, and loads the daemon only to become it',
  },
};

const family = (because: string, ...further: readonly string[]): Rule => ({
  mayImport: ['cli/context', 'cli/print', 'cli/words', ...further],
  because,
});

/** The rooms inside of a folder: its sub-folders, and each file that lies directly in it. */
export const ROOMS: Rules = {
  'daemon/ledger': { mayImport: [], because: 'what is on the disk does not depend on what is made of it' },
  'daemon/machine': {
    mayImport: ['daemon/ledger'],
    because: 'observation reports what it sees and decides about no lease',
  },
  'daemon/core': {
    mayImport: ['daemon/ledger', 'daemon/machine'],
    because: 'what every part of the engine works with knows none of them',
  },
  'daemon/holders': {
    mayImport: ['daemon/ledger', 'daemon/machine', 'daemon/core'],
    because: 'the end of a lease does not depend on how it was granted',
  },
  'daemon/sessions': {
    mayImport: ['daemon/holders'],
    because: "what becomes of an agent's servers stands on the rules about holders",
  },
  'daemon/orders': {
    mayImport: ['daemon/holders'],
    because: 'what is ended on demand stands on the rules about holders',
  },
  'daemon/config': {
    mayImport: ['daemon/ledger'],
    because: "the user's file knows ranges and settings, no leases",
  },
  'daemon/reports': {
    mayImport: ['daemon/ledger'],
    because: 'a report listens to events and changes nothing',
  },
  'daemon/grants': {
    mayImport: ['daemon/ledger', 'daemon/core', 'daemon/holders', 'daemon/config'],
    because: 'a grant answers one request; queries and HTTP are above it',
  },
  'daemon/answers': {
    mayImport: ['daemon/ledger', 'daemon/machine', 'daemon/core', 'daemon/grants'],
    because: 'a query reads and changes nothing',
  },
  'daemon/kept': {
    mayImport: ['daemon/ledger', 'daemon/core', 'daemon/grants', 'daemon/answers'],
    because: 'what is promised, listed and forgotten stands on grants and queries, and neither on it',
  },
  'daemon/engine': {
    mayImport: [
      'daemon/machine',
      'daemon/holders',
      'daemon/orders',
      'daemon/config',
      'daemon/grants',
      'daemon/answers',
      'daemon/kept',
    ],
    because: 'the engine is asked through its interface and knows no HTTP',
  },
  'daemon/lifecycle': {
    mayImport: ['daemon/ledger', 'daemon/config'],
    because: 'start and end of the process do not depend on any request',
  },
  'daemon/http': {
    mayImport: ['daemon/holders', 'daemon/reports', 'daemon/engine', 'daemon/lifecycle'],
    because: 'a route asks the engine; it reaches into none of its parts',
  },
  'daemon/assemble': {
    mayImport: [
      'daemon/ledger',
      'daemon/machine',
      'daemon/holders',
      'daemon/sessions',
      'daemon/config',
      'daemon/reports',
      'daemon/grants',
      'daemon/answers',
      'daemon/engine',
      'daemon/lifecycle',
    ],
    because: 'the parts are put together without any server',
  },
  'daemon/main': {
    mayImport: ['daemon/config', 'daemon/reports', 'daemon/lifecycle', 'daemon/http', 'daemon/assemble'],
    because: 'the order of start and end knows the whole, not the parts of the engine',
  },

  'run/plan': { mayImport: [], because: 'a plan is made before anything is leased or started' },
  'run/leases': {
    mayImport: ['run/plan'],
    because: 'a lease is asked for as planned, before the child is there',
  },
  'run/child': {
    mayImport: ['run/plan', 'run/leases'],
    because: 'a child gets a lease; how runs are ordered is above it',
  },
  'run/wait': {
    mayImport: ['run/leases', 'run/child'],
    because: 'one step of a run knows the lease and the child, not the run',
  },
  'run/parts': {
    mayImport: ['run/plan', 'run/leases', 'run/child', 'run/wait'],
    because: 'what a run works with and reports is there before any of its starts',
  },
  'run/once': {
    mayImport: ['run/plan', 'run/leases', 'run/child', 'run/wait', 'run/parts'],
    because: 'one start of the command does not know whether another one follows',
  },
  'run/run': {
    mayImport: ['run/plan', 'run/leases', 'run/child', 'run/parts', 'run/once'],
    because: 'a run in the foreground does not know the background',
  },
  'run/detached': {
    mayImport: ['run/plan', 'run/leases', 'run/child'],
    because: 'the background starts the command anew and does not run it here',
  },

  'cli/compiled': { mayImport: [], because: 'it loads the rest of the program and knows none of it' },
  'cli/start': { mayImport: ['cli/compiled'], because: 'the first file of a start has only what starts it' },
  'cli/print': { mayImport: [], because: 'output knows no command' },
  'cli/context': { mayImport: ['cli/print'], because: 'what every command gets knows none of them' },
  'cli/live': {
    mayImport: ['cli/context', 'cli/words'],
    because: 'what follows the daemon does not know how it is shown',
  },
  'cli/words': {
    mayImport: ['cli/context'],
    because: 'how commands are described knows none of them',
  },
  'cli/completion': { mayImport: [], because: 'completion is made from the finished program' },
  'cli/run': family('a command family stands on its own'),
  'cli/services': family('restart runs a service as styxy run does; no other command', 'cli/run'),
  'cli/up': family('each service of up is a run; no other command', 'cli/run'),
  'cli/inspect': family('what is watched goes on as in ui; no other command', 'cli/live'),
  'cli/screen': {
    mayImport: [],
    because: 'it draws what it is given, and is the only room that knows the library that draws',
  },
  'cli/ui': family(
    'its keys do what services, inspect and doctor do; no other command',
    'cli/live',
    'cli/screen',
    'cli/run',
    'cli/services',
    'cli/inspect',
    'cli/doctor',
  ),
  'cli/leases': family(
    'the note about a new service type is shared with run, the advice on a name that does not run with services',
    'cli/run',
    'cli/services',
  ),
  'cli/instances': family('a command family stands on its own'),
  'cli/config': family('a command family stands on its own'),
  'cli/service': family('a command family stands on its own'),
  'cli/reports': family('a command family stands on its own'),
  'cli/dashboard': family('a command family stands on its own'),
  'cli/doctor': family('doctor examines the service unit; no other command', 'cli/service'),
  'cli/daemon': family('status tells what doctor repaired; no other command', 'cli/doctor'),
  'cli/hook': family('its start loads the hook as compiled; no other command', 'cli/compiled'),
  'cli/init': family('init offers the hooks of agents; no other command', 'cli/hook'),
  'cli/setup': family(
    'setup offers what other families do, and takes it back',
    'cli/init',
    'cli/hook',
    'cli/service',
    'cli/doctor',
  ),
  'cli/mcp': family(
    'its tools answer what run, services and inspect do; no other command',
    'cli/run',
    'cli/services',
    'cli/inspect',
  ),
  'cli/program': {
    mayImport: [
      'cli/print',
      'cli/context',
      'cli/words',
      'cli/completion',
      'cli/run',
      'cli/services',
      'cli/up',
      'cli/inspect',
      'cli/leases',
      'cli/instances',
      'cli/config',
      'cli/service',
      'cli/reports',
      'cli/dashboard',
      'cli/doctor',
      'cli/daemon',
      'cli/hook',
      'cli/init',
      'cli/setup',
      'cli/mcp',
      'cli/ui',
    ],
    because: 'the table of commands is loaded by main',
  },
  'cli/main': {
    mayImport: ['cli/print', 'cli/context', 'cli/words', 'cli/run', 'cli/daemon', 'cli/hook', 'cli/program'],
    because: 'main loads the program, and three commands directly because their start counts',
  },
};

/** The imports of these files that break the tables, each as a sentence with the reason. */
export function brokenImports(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, imports }) =>
    imports.flatMap((each) => {
      const target = targetOf(path, each);
      return target === undefined ? [] : (problemOf(path, target, each) ?? []);
    }),
  );
}

/** The path from the repository's root that a relative import names; nothing for a package. */
export const targetOf = (path: string, { target }: Pick<Import, 'target'>): string | undefined =>
  target.startsWith('.') ? posix.join(posix.dirname(path), target) : undefined;

function problemOf(path: string, target: string, { isDynamic }: Import): string | undefined {
  if (path === 'src/index.ts' || (target.startsWith('config/') && target.endsWith('.json'))) return undefined;
  // The command line becomes the daemon by loading it.
  if (path.startsWith('src/cli/') && target === 'src/daemon/main.ts' && isDynamic) return undefined;
  const [from, to] = [folderOf(path), folderOf(target)];
  const isInside = from === to && roomsOf(from).length > 0;
  const why = isInside ? whyNot(ROOMS, roomOf(path), roomOf(target)) : whyNot(FOLDERS, from, to);
  return why && `${path} imports ${target}: ${why}`;
}

function whyNot(rules: Rules, from: string, to: string): string | undefined {
  const rule = rules[from];
  if (!rule) return `there is no "${from}" in the tables of import-rules.ts`;
  if (to === from || rule.mayImport.includes(to)) return undefined;
  return `${rule.because} (${from} may import ${rule.mayImport.join(', ') || 'nothing'})`;
}

/** The names of the rooms that this folder of `src` has. */
export const roomsOf = (folder: string): string[] =>
  Object.keys(ROOMS).filter((room) => room.startsWith(`${folder}/`));

const folderOf = (path: string): string => path.split('/')[1] ?? '';

/** `daemon/http` of `src/daemon/http/routes/table.ts`, `daemon/main` of `src/daemon/main.ts`. */
export const roomOf = (path: string): string =>
  path
    .replace(/\.tsx?$/, '')
    .split('/')
    .slice(1, 3)
    .join('/');
