/**
 * Writes what is made from the code: the reference pages, the JSON Schemas of the configuration, the
 * OpenAPI document and the scripts in front of the agents' hooks.
 * With --check nothing is written: exit code 1 when a page is not what the code says.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleModule } from './bundle.mjs';
import { commandsPage } from './pages/cli.mjs';
import { configurationPage } from './pages/configuration.mjs';
import { environmentPage } from './pages/environment.mjs';
import { errorsPage } from './pages/errors.mjs';
import { httpPage } from './pages/http-api.mjs';
import { metricsPage } from './pages/metrics.mjs';
import { toolFiles } from './pages/tools.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const sources = await loadSources();
const { version } = readJson('package.json');
const settings = { user: sources.jsonSchemaOf('user'), project: sources.jsonSchemaOf('project') };
const openApi = sources.openApiDocument(version);
const pages = {
  'docs/reference/cli.md': commandsPage(sources),
  'docs/reference/errors.md': errorsPage(sources),
  'docs/reference/http-api.md': httpPage(sources, openApi),
  'docs/reference/configuration.md': configurationPage(settings, readJson('config/service-types.json')),
  'docs/reference/environment.md': environmentPage(sources),
  'docs/reference/metrics.md': metricsPage(sources),
  ...toolFiles(sources, readJson('tests/e2e/tools/proven.json')),
  'config/styxy-user.schema.json': `${JSON.stringify(settings.user, null, 2)}\n`,
  'config/styxy-project.schema.json': `${JSON.stringify(settings.project, null, 2)}\n`,
  'hooks/hook.sh': sources.shimText(sources.TO_BUNDLE),
  'hooks/claude-code/hook.sh': sources.shimText(sources.TO_COMMAND),
  'config/openapi.json': `${JSON.stringify(openApi, null, 1)}\n`,
};

const stale = Object.entries(pages).filter(([file, text]) => readPage(file) !== text);
if (process.argv.includes('--check')) {
  for (const [file] of stale) console.error(`${file} is not what the code says: run npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [file, text] of stale) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text, { mode: file.endsWith('.sh') ? 0o755 : 0o644 });
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

function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
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
