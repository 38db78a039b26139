import { brokers } from './brokers.ts';
import { bundlers } from './bundlers.ts';
import { cloud } from './cloud.ts';
import { compiled } from './compiled.ts';
import { databases } from './databases.ts';
import { docs } from './docs.ts';
import { frameworks } from './frameworks.ts';
import { models } from './models.ts';
import { monitoring } from './monitoring.ts';
import { nodeServers } from './node-servers.ts';
import { proxies } from './proxies.ts';
import { python } from './python.ts';
import { pythonData } from './python-data.ts';
import { rubyPhp } from './ruby-php.ts';
import { staticServers } from './static.ts';
import { testing } from './testing.ts';
import type { Tool } from './tool.ts';

/** Every tool Styxy knows, by family. `styxy run` loads single families: this is for what is made from all of them. */
export const TABLE: Readonly<Record<string, readonly Tool[]>> = {
  bundlers,
  frameworks,
  static: staticServers,
  docs,
  testing,
  'node-servers': nodeServers,
  cloud,
  python,
  'python-data': pythonData,
  'ruby-php': rubyPhp,
  compiled,
  databases,
  brokers,
  monitoring,
  models,
  proxies,
};

/** What a row is called where it is named alone: its first program, subcommand and needed option. */
export function rowKey({ programs: [program = ''], commands = [''], onlyWith = [] }: Tool): string {
  const command = commands.includes('') ? '' : commands[0];
  return [program, command, onlyWith[0]].filter(Boolean).join(' ');
}
