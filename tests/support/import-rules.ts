import { posix } from 'node:path';
import type { Import, SourceFile } from './source-tree.ts';

interface Rule {
  readonly mayImport: readonly string[];
  /** What the folder is kept from, and why. */
  readonly because: string;
}

/** Who may import whom. Imports only go down; a folder that is not here may not exist. */
export const LAYERS: Readonly<Record<string, Rule>> = {
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
    mayImport: ['base', 'settings'],
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
  init: {
    mayImport: ['base', 'settings', 'tools'],
    because: 'editing scripts does not run or lease anything',
  },
  hook: {
    mayImport: ['base', 'settings', 'tools'],
    because: 'deciding on a command does not run or lease anything',
  },
  api: {
    mayImport: ['base', 'settings', 'protocol', 'project', 'client', 'system'],
    because: 'a library must not drag the command line along',
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
      'init',
      'hook',
      'api',
    ],
    because: 'the edge speaks to the rules through the protocol, and loads the daemon only to become it',
  },
};

/** Single imports that the table allows although it forbids the folder. */
function isExempt(from: string, to: string, { isDynamic }: Import): boolean {
  return from.startsWith('src/cli/') && to === 'src/daemon/main.ts' && isDynamic;
}

/** The imports of these files that break the table, each with the reason. */
export function brokenImports(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => file.imports.flatMap((each) => problemOf(file.path, each) ?? []));
}

function problemOf(path: string, each: Import): string | undefined {
  const from = layerOf(path);
  if (from === 'index.ts' || !each.target.startsWith('.')) return undefined;
  const target = posix.join(posix.dirname(path), each.target);
  const rule = LAYERS[from];
  if (!rule) return `${path}: there is no folder "${from}" in the table of layers`;
  if (target.startsWith('config/') && target.endsWith('.json')) return undefined;
  const to = layerOf(target);
  if (to === from || rule.mayImport.includes(to) || isExempt(path, target, each)) return undefined;
  return `${path} imports ${target}: ${rule.because} (${from} may import ${rule.mayImport.join(', ') || 'nothing'})`;
}

const layerOf = (path: string): string => path.split('/')[1] ?? '';
