import { bundlers } from './bundlers.ts';
import { docs } from './docs.ts';
import { frameworks } from './frameworks.ts';
import { languages } from './languages.ts';
import { nodeServers } from './node-servers.ts';
import { services } from './services.ts';
import { staticServers } from './static.ts';
import { taskRunners } from './task-runners.ts';
import { systemServers } from './system-servers.ts';
import type { ToolCase } from '../support/tool-case.ts';
import { workshops } from './workshops.ts';

export const ALL: readonly ToolCase[] = [
  ...staticServers,
  ...bundlers,
  ...frameworks,
  ...docs,
  ...workshops,
  ...taskRunners,
  ...nodeServers,
  ...languages,
  ...services,
  ...systemServers,
];
