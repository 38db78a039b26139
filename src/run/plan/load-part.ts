import type { Tool } from '../../tools/adapters/tool.ts';
import type { Family } from '../../tools/families.ts';
import type { Library, Part } from '../../tools/project.ts';

const tools =
  (family: Family, load: () => Promise<readonly Tool[]>) => async (): Promise<Partial<Library>> => ({
    tools: { [family]: await load() },
  });

/** Each in a file of its own in the bundle, so that a command loads what it needs. */
const PARTS: Readonly<Record<Family | 'shell' | 'yaml' | 'toml', () => Promise<Partial<Library>>>> = {
  shell: async () => ({ shell: (await import('../../tools/text/shell-parser.ts')).parseShell }),
  yaml: async () => ({ yaml: (await import('../../tools/text/yaml-parser.ts')).parseYaml }),
  toml: async () => ({ toml: (await import('../../tools/text/toml-parser.ts')).parseToml }),
  bundlers: tools('bundlers', async () => (await import('../../tools/adapters/bundlers.ts')).bundlers),
  frameworks: tools(
    'frameworks',
    async () => (await import('../../tools/adapters/frameworks.ts')).frameworks,
  ),
  static: tools('static', async () => (await import('../../tools/adapters/static.ts')).staticServers),
  docs: tools('docs', async () => (await import('../../tools/adapters/docs.ts')).docs),
  testing: tools('testing', async () => (await import('../../tools/adapters/testing.ts')).testing),
  'node-servers': tools(
    'node-servers',
    async () => (await import('../../tools/adapters/node-servers.ts')).nodeServers,
  ),
  cloud: tools('cloud', async () => (await import('../../tools/adapters/cloud.ts')).cloud),
  python: tools('python', async () => (await import('../../tools/adapters/python.ts')).python),
  'python-data': tools(
    'python-data',
    async () => (await import('../../tools/adapters/python-data.ts')).pythonData,
  ),
  'ruby-php': tools('ruby-php', async () => (await import('../../tools/adapters/ruby-php.ts')).rubyPhp),
  compiled: tools('compiled', async () => (await import('../../tools/adapters/compiled.ts')).compiled),
  databases: tools('databases', async () => (await import('../../tools/adapters/databases.ts')).databases),
  brokers: tools('brokers', async () => (await import('../../tools/adapters/brokers.ts')).brokers),
  monitoring: tools(
    'monitoring',
    async () => (await import('../../tools/adapters/monitoring.ts')).monitoring,
  ),
  models: tools('models', async () => (await import('../../tools/adapters/models.ts')).models),
  proxies: tools('proxies', async () => (await import('../../tools/adapters/proxies.ts')).proxies),
};

/** One part of what is known of commands. */
export function loadPart(name: Part): Promise<Partial<Library>> {
  return PARTS[name]();
}
