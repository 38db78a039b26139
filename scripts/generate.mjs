/**
 * Writes the reference pages from the code (commands, errors, HTTP routes, metrics) and the JSON Schemas of the wire.
 * With --check nothing is written: exit code 1 when a page is not what the code says.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleModule } from './bundle.mjs';
import { declarationsOf, schemasOf } from './wire-schemas.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const NOTE = '<!-- Made by `npm run generate` from the code. Change the code, not this page. -->';

const {
  createProgram,
  ERRORS,
  ENDPOINTS,
  DETAILS,
  PATH_PARAMETERS,
  COMMON_ERRORS,
  METRICS,
  EVENTS,
  BODIES,
  toJsonSchema,
  ENVIRONMENT,
  jsonSchemaOf,
} = await loadSources();
const wireSources = readdirSync(join(root, 'src/protocol'))
  .toSorted()
  .map((name) => readFileSync(join(root, 'src/protocol', name), 'utf8'))
  .join('\n');
const schemas = wireSchemas();
const SCHEMAS = { user: jsonSchemaOf('user'), project: jsonSchemaOf('project') };
const pages = {
  'docs/reference/cli.md': commandsPage(),
  'docs/reference/errors.md': errorsPage(),
  'docs/reference/http-api.md': httpPage(),
  'docs/reference/configuration.md': configurationPage(),
  'docs/reference/environment.md': environmentPage(),
  'config/styxy-user.schema.json': `${JSON.stringify(SCHEMAS.user, null, 2)}\n`,
  'config/styxy-project.schema.json': `${JSON.stringify(SCHEMAS.project, null, 2)}\n`,
  'docs/reference/metrics.md': metricsPage(),
  'config/wire-schemas.json': `${JSON.stringify(schemas, null, 1)}\n`,
};

const stale = Object.entries(pages).filter(([file, text]) => readPage(file) !== text);
if (process.argv.includes('--check')) {
  for (const [file] of stale) console.error(`${file} is not what the code says: run npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [file, text] of stale) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
    console.log(`wrote ${file}`);
  }
}

function readPage(file) {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch {
    return undefined;
  }
}

async function loadSources() {
  const folder = mkdtempSync(join(tmpdir(), 'styxy-generate-'));
  try {
    const outfile = join(folder, 'sources.mjs');
    // The daemon needs what is written here.
    await bundleModule('scripts/sources.ts', outfile, { external: /\/daemon\/main\.ts$/ });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function page(title, intro, ...parts) {
  return `${[`# ${title}`, NOTE, intro, ...parts].join('\n\n')}\n`;
}

function table(headings, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

function commandsPage() {
  const program = createProgram({}, () => undefined);
  const leaves = (command) => (command.commands.length > 0 ? command.commands.flatMap(leaves) : [command]);
  const all = leaves(program);
  return page(
    'Commands',
    `\`styxy <command> --help\` says the same on the terminal. Data goes to stdout, notes and errors to stderr. With
\`--json\` stdout holds one JSON document and nothing else; \`styxy run --json\` leaves stdout to the command it runs and
writes its document to stderr.`,
    ...all.map(describeCommand),
  );
}

function describeCommand(command) {
  const help = command.createHelp();
  const options = help.visibleOptions(command).filter((option) => option.long !== '--help');
  const rows = options.map((option) => [
    `\`${option.flags}\``,
    help.optionDescription(option).replaceAll('<', String.raw`\<`),
  ]);
  return [
    `## ${namesOf(command).join(' ')}`,
    help.commandDescription(command),
    `\`\`\`\n${help.commandUsage(command).replaceAll(/^ +/gm, '')}\n\`\`\``,
    ...(rows.length > 0 ? [table(['option', 'meaning'], rows)] : []),
    ...examplesOf(command),
  ].join('\n\n');
}

function namesOf(command) {
  return command.parent ? [...namesOf(command.parent), command.name()] : [command.name()];
}

/** Commander keeps what was given to addHelpText to itself: only a printed help shows it. */
function examplesOf(command) {
  let text = '';
  command.configureOutput({ writeOut: (chunk) => (text += chunk) });
  command.outputHelp();
  const [, examples] = /\nExamples?:\n((?: +\$ .+\n?)+)/.exec(text) ?? [];
  return examples ? [`\`\`\`sh\n${examples.trim().replaceAll(/^ *\$ /gm, '')}\n\`\`\``] : [];
}

function errorsPage() {
  const rows = Object.entries(ERRORS)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { exit, http, hint }]) => [`\`${code}\``, exit, http, hint]);
  return page(
    'Errors',
    `Every failure of Styxy's own is printed to stderr as \`styxy: error[CODE]: what happened\`, with a \`why:\` and a \`try:\`
line. Programs get the same as JSON: \`{"success": false, "error": {"code", "message", "why", "hint", "details"}}\`, from
\`--json\` and over HTTP. \`styxy run\` otherwise ends with the exit code or the signal of the command it ran.`,
    table(['code', 'exit code', 'HTTP status', 'what to try, unless the message knows better'], rows),
  );
}

/** The types of the wire; of what clients send, also the limits that are checked. */
function wireSchemas() {
  const named = Object.values(DETAILS).flatMap(({ body, answer }) => [body, answer].filter(Boolean));
  const found = schemasOf(wireSources, [...named, ...Object.keys(BODIES), 'ErrorBody', 'HoldEvent']);
  found.EventName = { enum: Object.keys(EVENTS) };
  for (const [name, body] of Object.entries(BODIES)) {
    const checked = toJsonSchema(body, { errorMode: 'ignore', target: 'draft-2020-12' }).properties ?? {};
    for (const [field, schema] of Object.entries(found[name].properties ?? {}))
      Object.assign(schema, checked[field]);
  }
  return found;
}

function pathOf({ path }) {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function httpPage() {
  const rows = Object.values(ENDPOINTS).map((endpoint) => [
    `\`${endpoint.method} ${pathOf(endpoint)}\``,
    endpoint.summary,
  ]);
  return page(
    'HTTP API',
    `The daemon answers on the Unix socket \`~/.styxy/daemon.sock\`, which only its owner can open, and on
\`http://127.0.0.1:9876\`, where every request needs the token of \`~/.styxy/auth.token\`, which is another one after each
start of the daemon:

\`\`\`sh
curl --silent --unix-socket ~/.styxy/daemon.sock http://localhost/status
curl --silent -H "Authorization: Bearer $(cat ~/.styxy/auth.token)" http://127.0.0.1:9876/status
\`\`\`

Bodies and answers are JSON. A failure is \`{"success": false, "error": {"code", "message", "why", "hint", "details"}}\` with
one of the [error codes](errors.md); every route may answer ${list(COMMON_ERRORS)}. Names that the daemon does not know are
passed over. \`GET /openapi.json\` says all of this to programs.`,
    table(['route', 'what for'], rows),
    ...Object.keys(ENDPOINTS).map(describeEndpoint),
    `## Held leases

With \`"hold": true\` the answer to \`POST /allocate\` stays open, as \`application/x-ndjson\`: its first line is the lease, later
lines are events of this lease. The lease lives as long as the connection. If the client dies, the program that it has named by
\`PATCH /allocate/{lockId}\` is ended; if it has only closed the connection, not. Without \`hold\` the lease ends with the process
\`process_id\`, or after \`ttl_ms\` (10 minutes when neither is given), unless the port is in use then.

A request that is sent again with the same \`request_id\` gets the same lease, so that a retry never costs a second port.`,
    `## Events

Each event of \`GET /events\` has its name in the \`event:\` line and its facts as JSON in the \`data:\` line. The first one is
\`hello\`, with the daemon's version. The audit log keeps all but \`bound\` and \`external_...\`, under the same names.`,
    table(
      ['event', 'what happened'],
      Object.entries(EVENTS).map(([name, about]) => [`\`${name}\``, about]),
    ),
    `## Shapes

\`\`\`ts
${declarationsOf(wireSources, Object.keys(schemas)).join('\n\n')}
\`\`\``,
  );
}

function configurationPage() {
  return page(
    'Configuration',
    `Two files, both of which may be missing: the user's \`~/.styxy/config.json\`, and one of the project. Later layers win,
key by key: what is built in, the user's file, the project's, the [environment](environment.md), the options of a command.
\`styxy config show --origin\` says what is in force and who set it, \`styxy config validate\` what is wrong.`,
    '## config.json',
    `An edit is in force at once, unless it says otherwise below; one that is not valid changes nothing, and \`styxy status\`
says why. The JSON Schema is \`config/styxy-user.schema.json\` of the package, and what \`styxy config schema user\` prints.`,
    settingsTable(SCHEMAS.user),
    `## The project's file

The nearest of \`styxy.config.{json,yaml,yml,js,mjs,cjs,ts,mts}\`, \`.styxyrc\` (JSON or YAML, or with one of these endings) and
\`"styxy"\` in package.json, from the current folder up to the top of the repository. It is read by the command that needs
it, never by the daemon. TypeScript needs no compiler: types are taken away, not checked. The JSON Schema is
\`config/styxy-project.schema.json\` of the package, and what \`styxy config schema project\` prints.`,
    settingsTable(SCHEMAS.project),
    `## Built-in service types

${table(['type', 'ports', 'tried first', 'for'], builtInTypes())}`,
  );
}

function settingsTable(schema) {
  const rows = [...settingsOf(schema)].map(({ path, spec }) => [
    `\`${path}\``,
    valuesOf(spec),
    'default' in spec ? `\`${JSON.stringify(spec.default)}\`` : '',
    spec.description ?? '',
  ]);
  return table(['setting', 'values', 'default', 'meaning'], rows);
}

/** Every setting once; `<name>` stands where names are free. */
function* settingsOf(schema, prefix = '') {
  for (const [key, spec] of Object.entries(schema.properties ?? {})) {
    const path = `${prefix}${key}`;
    const inner = typeof spec.additionalProperties === 'object' ? spec.additionalProperties : undefined;
    if (inner || !spec.properties) yield { path, spec };
    if (spec.properties) yield* settingsOf(spec, `${path}.`);
    else if (inner?.properties) yield* settingsOf(inner, `${path}.<name>.`);
  }
}

function valuesOf(spec) {
  if (spec.enum) return spec.enum.map((value) => `\`"${value}"\``).join(', ');
  if (spec.anyOf) return spec.anyOf.map(valuesOf).join(', or ');
  if (spec.type === 'array')
    return spec.items?.type ? `list: ${valuesOf(spec.items)}` : 'first and last port';
  if (spec.minimum !== undefined) return `${spec.minimum} to ${spec.maximum}`;
  if (spec.type === 'boolean') return '`true`, `false`';
  if (spec.type === 'string') return 'text';
  const { additionalProperties: each } = spec;
  return each ? `by name: ${each.properties ? 'see below' : valuesOf(each)}` : 'see below';
}

function builtInTypes() {
  const types = JSON.parse(readFileSync(join(root, 'config/service-types.json'), 'utf8'));
  return Object.entries(types).map(
    ([name, { port_range, preferred_ports, description, instance_behavior }]) => [
      `\`${name}\``,
      port_range.join('-'),
      preferred_ports.join(', '),
      instance_behavior === 'single' ? `${description} (one for everybody)` : description,
    ],
  );
}

function environmentPage() {
  const rows = Object.entries(ENVIRONMENT).map(([name, { readBy, meaning, overrules }]) => [
    `\`${name}\``,
    readBy === 'both' ? 'commands, the daemon' : readBy,
    meaning,
    overrules ? `\`${overrules.setting}\`` : '',
  ]);
  return page(
    'Environment',
    `What Styxy reads. The daemon reads its environment once, when it starts: that of the command that started it, of
which it takes over \`STYXY_HOME\`, \`STYXY_HTTP_PORT\`, \`STYXY_LOG\` and \`STYXY_SKIP_AUTH\`.`,
    table(['variable', 'read by', 'meaning', 'wins over'], rows),
  );
}

function describeEndpoint(name) {
  const endpoint = ENDPOINTS[name];
  const { query = {}, body, answer, media = 'application/json', errors = [] } = DETAILS[name] ?? {};
  const inPath = [...endpoint.path.matchAll(/:(\w+)/g)].map(([, parameter]) => [
    `\`{${parameter}}\``,
    PATH_PARAMETERS[parameter]?.about ?? '',
  ]);
  const inQuery = Object.entries(query).map(([parameter, { about }]) => [`\`?${parameter}=\``, about]);
  const facts = [
    body && `The body is \`${body}\`.`,
    answer && `The answer is \`${answer}\`${media === 'application/json' ? '' : `, as \`${media}\``}.`,
    errors.length > 0 && `It may be refused with ${list(errors)}.`,
  ].filter(Boolean);
  return [
    `### ${endpoint.method} ${pathOf(endpoint)}`,
    `${endpoint.summary[0].toUpperCase()}${endpoint.summary.slice(1)}. ${facts.join(' ')}`.trim(),
    ...(inPath.length + inQuery.length > 0 ? [table(['parameter', 'meaning'], [...inPath, ...inQuery])] : []),
    `\`\`\`sh\n${curlFor(name)}\n\`\`\``,
  ].join('\n\n');
}

function list(codes) {
  return codes.map((code) => `\`${code}\``).join(', ');
}

/** Without an example of its own, a route's parameters are variables: `$LOCK_ID` for `{lockId}`. */
function curlFor(name) {
  const { method, path } = ENDPOINTS[name];
  const { example = {}, media } = DETAILS[name] ?? {};
  const variable = (_, parameter) => `$${parameter.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`;
  const target = example.path ?? path.replaceAll(/:(\w+)/g, variable);
  const words = ['curl', '--silent'];
  if (media === 'text/event-stream') words.push('--no-buffer');
  words.push('--unix-socket ~/.styxy/daemon.sock');
  if (method !== 'GET') words.push(`-X ${method}`);
  const url = `"http://localhost${target}"`;
  if (!example.body) return [...words, url].join(' ');
  const json = JSON.stringify(example.body);
  return `${words.join(' ')} \\\n  -H 'Content-Type: application/json' -d '${json}' ${url}`;
}

function metricsPage() {
  const rows = Object.entries(METRICS).map(([name, { type, labels, help }]) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  return page(
    'Metrics',
    `\`GET /metrics\` and \`styxy metrics\` print these in the text format of Prometheus; \`GET /metrics?format=json\` and
\`styxy metrics --json\` as JSON. Counters begin anew with each start of the daemon.

\`\`\`yaml
scrape_configs:
  - job_name: styxy
    authorization: { credentials_file: /home/me/.styxy/auth.token }
    static_configs: [{ targets: ['127.0.0.1:9876'] }]
\`\`\``,
    table(['metric', 'type', 'labels', 'meaning'], rows),
  );
}
