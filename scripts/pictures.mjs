/**
 * `npm run pictures [-- name...]`: makes the pictures of the docs anew, each from a real run of the built command, in a
 * network of their own where the system gives one (`unshare`).
 * `--check`: makes them and throws them away; exit code 1 when one says something else now. Numbers, ages and the time
 * that things take don't count; 2 when other programs listen on ports that Styxy shows, and would be seen. `--ports 3000-3099`: the only ports to use where the network is the machine's.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CHROMIUM } from './pictures/browser.mjs';
import { contentOfSvg, normalise } from './pictures/content.mjs';
import { makePicture, NAMES, OutsidersListen } from './pictures/make.mjs';
import { hasOwnNetwork, runInOwnNetwork } from './pictures/own-network.mjs';

const script = fileURLToPath(import.meta.url);
const root = join(dirname(script), '..');
/** Of what differs, this many characters are shown. */
const SHOWN = 80;

const { values, positionals } = parseArgs({
  options: {
    check: { type: 'boolean' },
    ports: { type: 'string' },
    /** Set by ourselves: the network is our own. */
    alone: { type: 'boolean' },
  },
  allowPositionals: true,
});

if (!values.alone && hasOwnNetwork())
  process.exitCode = runInOwnNetwork(script, ['--alone', ...process.argv.slice(2)]);
else await makeAll(values.alone ? undefined : values.ports?.split('-').map(Number)).catch(tellOutsiders);

function tellOutsiders(error) {
  if (!(error instanceof OutsidersListen)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function makeAll(ports) {
  for (const name of positionals.length > 0 ? positionals : NAMES) {
    if (!NAMES.includes(name))
      throw new Error(`there is no picture "${name}"; there are ${NAMES.join(', ')}`);
    if (name === 'dashboard' && CHROMIUM === undefined) {
      console.error('dashboard: left out, no Chromium here');
      continue;
    }
    const files = await makePicture(name, ports);
    for (const [file, content] of Object.entries(files)) (values.check ? check : write)(file, content, name);
  }
}

function write(file, content) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
  console.log(`wrote ${file}`);
}

function check(file, content, name) {
  const path = join(root, file);
  const before = existsSync(path) ? contentOf(file, readFileSync(path)) : 'nothing';
  const now = contentOf(file, content);
  if (before === now) return;
  let start = 0;
  while (now[start] === before[start]) start += 1;
  const shown = (text) => text.slice(Math.max(0, start - 20)).slice(0, SHOWN);
  console.error(
    `${file} is stale: run npm run pictures -- ${name}\n  shows: ${shown(before)}\n  now:   ${shown(now)}`,
  );
  process.exitCode = 1;
}

/** Of a photograph only that it is there; its text lies beside it. */
function contentOf(file, content) {
  if (file.endsWith('.webp')) return 'an image';
  return file.endsWith('.svg') ? contentOfSvg(String(content)) : normalise(String(content));
}
