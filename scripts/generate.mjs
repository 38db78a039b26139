/**
 * Writes the reference pages from the code: commands, errors, HTTP routes.
 * With --check nothing is written: exit code 1 when a page is not what the code says.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const NOTE = '<!-- Made by `npm run generate` from the code. Change the code, not this page. -->';

const { createProgram, ERRORS, ENDPOINTS } = await loadSources();
const pages = {
  'docs/reference/cli.md': commandsPage(),
  'docs/reference/errors.md': errorsPage(),
  'docs/reference/http-api.md': httpPage(),
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
    await build({
      stdin: {
        contents: `
          export { createProgram } from './src/cli/program.ts';
          export { ERRORS } from './src/base/error-codes.ts';
          export { ENDPOINTS } from './src/protocol/endpoints.ts';
        `,
        resolveDir: root,
        loader: 'ts',
      },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'warning',
      banner: {
        js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
      },
    });
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
  const rows = options.map((option) => [`\`${option.flags}\``, help.optionDescription(option)]);
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
  const [, example] = /\nExample:\n +\$ (.+)/.exec(text) ?? [];
  return example ? [`\`\`\`sh\n${example}\n\`\`\``] : [];
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

function httpPage() {
  const rows = Object.values(ENDPOINTS).map(({ method, path, summary }) => [
    `\`${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}\``,
    summary,
  ]);
  return page(
    'HTTP API',
    `The daemon answers on the Unix socket \`~/.styxy/daemon.sock\`, which only its owner can open, and on
\`http://127.0.0.1:9876\`, where every request needs the token of \`~/.styxy/auth.token\` as
\`Authorization: Bearer <token>\`. Bodies and answers are JSON; failures are listed under [errors](errors.md).

\`\`\`sh
curl --unix-socket ~/.styxy/daemon.sock http://localhost/allocations
\`\`\``,
    table(['route', 'what for'], rows),
    `## Held leases

With \`"hold": true\` the answer to \`POST /allocate\` stays open, as \`application/x-ndjson\`: its first line is the lease, later
lines are events of this lease. The lease lives as long as the connection. Without \`hold\` it ends with the process
\`process_id\`, or after \`ttl_ms\` (10 minutes when neither is given), unless the port is in use then.`,
    `## Shapes

\`\`\`ts
${wireTypes()}
\`\`\``,
  );
}

function wireTypes() {
  const texts = ['allocation', 'auto-allocation'].map((name) => {
    const text = readFileSync(join(root, `src/protocol/${name}.ts`), 'utf8');
    return text
      .slice(text.indexOf('\n'))
      .replaceAll(/^import .+\n/gm, '')
      .replaceAll(/^export /gm, '')
      .trim();
  });
  return texts.join('\n\n');
}
