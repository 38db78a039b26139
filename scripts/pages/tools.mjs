import { page, table } from '../markdown.mjs';

/**
 * What is made from the table of tools: an index of its words and of the ports it watches, both of which must be known
 * without loading the table, and the page for people.
 * @param proven by the key of a row, or by the name of a program that the table does not have: what was run, and when
 */
export function toolFiles({ TABLE, runnerNames, rowKey }, proven) {
  const families = Object.fromEntries(
    Object.entries(TABLE).map(([family, tools]) => [family, bar(tools.flatMap(({ programs }) => programs))]),
  );
  return {
    'config/tool-words.json': json({ families, runners: bar(runnerNames()) }),
    'config/tool-ports.json': json(watchedPorts(Object.values(TABLE).flat())),
    'docs/reference/tools.md': toolsPage(
      TABLE,
      runnerNames(),
      (tool) => proven[rowKey(tool)],
      ownPrograms(TABLE, rowKey, proven),
    ),
  };
}

const bar = (words) => `|${[...new Set(words)].join('|')}|`;
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Each port that a tool takes by itself, with the tools that do, and the type of the first:
 * `{"5173": {"tools": "vite, vitepress", "service_type": "dev"}}`. Below 1024 the system's own servers listen.
 */
function watchedPorts(tools) {
  const ports = new Map();
  for (const tool of tools.filter(({ defaultPort = 0 }) => defaultPort >= 1024))
    ports.set(tool.defaultPort, [...(ports.get(tool.defaultPort) ?? []), tool]);
  return Object.fromEntries(
    [...ports]
      .toSorted(([a], [b]) => a - b)
      .map(([port, own]) => [
        port,
        {
          tools: [...new Set(own.map(({ name }) => name))].join(', '),
          service_type: own[0].serviceType,
        },
      ]),
  );
}

const TITLES = {
  bundlers: "Bundlers' own servers",
  frameworks: 'Web frameworks',
  static: 'Servers of a folder',
  docs: 'Documentation and generated sites',
  testing: 'Component workshops, tests, mocks',
  'node-servers': 'Back ends and services of the Node world',
  cloud: 'Clouds on your own machine, mobile',
  python: 'Python',
  'python-data': 'Notebooks and data tools',
  'ruby-php': 'Ruby, PHP and Perl',
  compiled: 'The JVM, .NET, Go, Rust, Elixir, Swift',
  databases: 'Databases, caches, stores',
  brokers: 'Brokers and mail',
  monitoring: 'Monitoring and accounts',
  models: 'Models',
  proxies: 'Proxies and tunnels',
};

function toolsPage(families, runners, provenOf, own) {
  const tools = Object.values(families).flat();
  const names = new Set(tools.map(({ name }) => name));
  const sections = Object.entries(families).map(
    ([family, rows]) => `## ${TITLES[family] ?? family}\n\n${section(rows, provenOf)}`,
  );
  return page(
    'Tools',
    `${names.size} tools that \`styxy run\` knows: how each is told from its command line, and how it is given its port. The first way
named is the one that is used where the command says nothing; a number that stands in the command is replaced where it
stands. A program that is not here gets \`PORT\`. \`styxy run --dry-run -- <command>\` shows what would be done.

Where a tool would move to another port in silence, or ask a question, that is said under "taken": what it does when the
port it was given is taken, unless Styxy makes it strict.

"By its name": it refuses to answer under its [host name](../guides/names.md) unless it is told so.

"Proven" is written by \`npm run e2e:tools\`: with this version, on this day, the tool was run under \`styxy run\` by itself, with
its own port taken, and behind a package script whose hard-coded port was taken. Each time it answered on its lease, listened
nowhere else, left the project's files as they were, and was gone after Ctrl-C. A row without it has not been run; \`styxy list\`
says when it is wrong (drifted).`,
    ...sections,
    `## Programs that are not in the table

Run in the same three ways:

${table(
  ['program', 'proven'],
  own.map(([name, found]) => [name, provenText(found)]),
)}`,
    `## What is seen through

Package scripts of npm, pnpm, Yarn, Bun and \`node --run\`, in workspaces too, and these:
${runners.map((name) => `\`${name}\``).join(', ')}.`,
  );
}

function section(rows, provenOf) {
  return table(
    [
      'tool',
      'command',
      'type',
      'is given its port by',
      'its own',
      'taken',
      'other ports',
      'by its name',
      'proven',
    ],
    rows.map((tool) => [
      tool.name,
      commands(tool),
      `\`${tool.serviceType}\``,
      ways(tool),
      tool.defaultPort ?? '',
      tool.strict ? `strict by \`${tool.strict[0]}\`` : (tool.whenTaken ?? ''),
      (tool.otherPorts ?? []).map(otherPort).join('; '),
      tool.ownHosts ? `only with \`${tool.ownHosts}\`` : '',
      provenText(provenOf(tool)),
    ]),
  );
}

const provenText = (found) => (found === undefined ? '' : `${found.version}, ${found.date}`);

/** Programs that were run though the table does not have them, and further ways to start one that it has. */
function ownPrograms(families, rowKey, proven) {
  const keys = new Set(Object.values(families).flat().map(rowKey));
  return Object.entries(proven).filter(([name]) => !keys.has(name));
}

function commands({ programs, commands: own, onlyWith }) {
  const served =
    own === undefined ? '' : own.map((command) => (command === '' ? '(none)' : command)).join(', ');
  const option = onlyWith ? ` with \`${onlyWith[0]}\`` : '';
  return `${programs.map((program) => `\`${program}\``).join(', ')}${served === '' || served === '(none)' ? '' : `: ${served}`}${option}`;
}

function ways({ port, target }) {
  if (target) return `points at: ${target.map(form).join(', ')}`;
  return port.length === 0 ? 'its own configuration' : port.map(form).join(', ');
}

function form(each) {
  if ('variable' in each) return `\`${each.variable}${each.value ? `=${each.value}` : ''}\``;
  if ('argument' in each) return `\`${each.argument}\` as an argument`;
  return `\`${each.flag}${each.joined ? '=' : ' '}${each.value ?? '{port}'}\``;
}

function otherPort({ port, what, set }) {
  return `${what}${port === undefined ? '' : ` ${port}`}${set ? ` (${form(set)})` : ''}`;
}
