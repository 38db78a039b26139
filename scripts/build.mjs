/**
 * `node scripts/build.mjs [--if-stale]`: builds dist/, or leaves it when no source is newer.
 *
 * dist/ holds the command as CommonJS (Node loads it in half the time of ES modules, and starting is what users wait
 * for), the library as ES modules, the library's type declarations, and the licences of what was bundled. Code that
 * only some commands need lies in chunks of its own. It is built aside and put in place at the end, so that a failed
 * build leaves the last good one, and a running command never finds half of it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { COMMON, withoutDevtools } from './bundle.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'dist');
const dist = `${target}-${process.pid}`;
const { version } = readPackage(root);
/** Stands for the hash of the build until that is known. */
const BUILD_ID = 'id-of-this-build';

if (process.argv.includes('--if-stale') && !isStale()) process.exit(0);

/** commander can start other programs as subcommands; we have none, and its module for that is slow to load. */
const withoutExecutableSubcommands = {
  name: 'without-executable-subcommands',
  resolveId(source, importer) {
    const isCommander = importer?.includes('/node_modules/commander/') ?? false;
    return isCommander && source === 'node:child_process' ? '\0no-executables' : null;
  },
  load(id) {
    return id === '\0no-executables' ? 'export {};' : null;
  },
};

/**
 * What `styxy ui` draws with, as an ES module of its own: parts of Ink wait at their top level, which CommonJS can't. No
 * other command loads it.
 */
const SCREEN = join(root, 'src/cli/screen/app.tsx');
const screenApart = {
  name: 'screen-apart',
  resolveId(source, importer) {
    if (!source.endsWith('/screen/app.tsx') || importer === undefined) return null;
    // As seen from a chunk.
    return { id: '../screen.js', external: true };
  },
};

/**
 * Packages that the command, the hook and the library all load, where they need them at all: one file for the three. What
 * is loaded of each stands beside it.
 */
const SHARED = { cosmiconfig: ['defaultLoaders'], execa: ['execa'], sucrase: ['transform'] };
const SHARED_ENTRY = /^\0shared-(.+)$/;
const sharedFile = (name) => `shared-${name}.cjs`;

/** For the bundle of these packages. */
const sharedEntries = {
  name: 'shared-entries',
  resolveId: (source) => (SHARED_ENTRY.test(source) ? source : null),
  load(id) {
    const name = SHARED_ENTRY.exec(id)?.[1];
    return name && `export { ${SHARED[name].join(', ')} } from '${name}';`;
  },
};

/**
 * For the bundles that load them, from chunks. The chunk that this makes keeps `import()` out of the file that asks, which
 * could not be loaded compiled with it. Node does not see what a minified file exports by name.
 */
const sharedApart = {
  name: 'shared-apart',
  resolveId(source, importer) {
    if (source in SHARED && importer?.includes('/src/')) return `\0shared-${source}`;
    return source.startsWith('./shared-') ? { id: source, external: true } : null;
  },
  load(id) {
    const name = SHARED_ENTRY.exec(id)?.[1];
    return (
      name && `import all from './${sharedFile(name)}'; export const { ${SHARED[name].join(', ')} } = all;`
    );
  },
};

/**
 * What `styxy run` loads, in one file however many commands share parts of it: each file more costs a start a
 * quarter of a millisecond.
 */
const startPath = {
  includeDependenciesRecursively: true,
  groups: [
    { name: 'start', test: /[\\/]src[\\/]cli[\\/]main\.ts$/, priority: 2 },
    { name: 'supervise', test: /[\\/]src[\\/]run[\\/]child[\\/]supervise\.ts$/, priority: 1 },
  ],
};

/** The library in as few files as can be, whatever its parts for test runners share with it. */
const library = {
  includeDependenciesRecursively: true,
  groups: [{ name: 'index', test: /[\\/]src[\\/]index\.ts$/ }],
};

/** The same for the hook of agents. */
const hookPath = {
  includeDependenciesRecursively: true,
  groups: [
    { name: 'hook', test: /[\\/]src[\\/](cli[\\/]hook[\\/]main|tools[\\/]adapters[\\/]config-forms)\.ts$/ },
  ],
};

process.on('exit', () => rmSync(dist, { recursive: true, force: true }));
const bundled = new Set([
  ...(await bundle({ cli: 'src/cli/main.ts' }, 'cjs', 'cjs', startPath)),
  ...(await bundle({ start: 'src/cli/start.ts' }, 'cjs', 'cjs', false)),
  ...(await bundle({ hook: 'src/cli/hook/start.ts' }, 'cjs', 'cjs', false)),
  ...(await bundle({ 'hook-main': 'src/cli/hook/main.ts' }, 'cjs', 'cjs', hookPath, { mangle: true })),
  ...(await bundle(
    {
      index: 'src/index.ts',
      playwright: 'src/api/testing/playwright.ts',
      vitest: 'src/api/testing/vitest.ts',
      'test-server': 'src/api/testing/runner.ts',
    },
    'esm',
    'js',
    library,
  )),
]);
for (const build of [bundlePage, bundleScreen, bundleShared])
  (await build()).forEach((name) => bundled.add(name));
const supervise = readdirSync(join(dist, 'chunks')).find((name) => /^supervise-.*\.cjs$/.test(name));
for (const name of ['cli.cjs', 'hook-main.cjs', join('chunks', supervise)]) standAlone(join(dist, name));
asAscii();
writeBuildId();
copyFileSync(join(root, 'src/run/plan/scripts/script-shell.sh'), join(dist, 'script-shell.sh'));
chmodSync(join(dist, 'script-shell.sh'), 0o755);
copyFileSync(join(root, 'src/init/launcher.cjs'), join(dist, 'launcher.cjs'));
copyFileSync(join(root, 'src/run/plan/scripts/port-remap.cjs'), join(dist, 'port-remap.cjs'));
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licences([...bundled].toSorted()));
emitTypes();
rmSync(target, { recursive: true, force: true });
renameSync(dist, target);

/** @returns the names of the packages that went in */
async function bundle(input, format, extension, codeSplitting, { mangle = false } = {}) {
  const build = await rolldown({
    ...COMMON,
    input,
    // Lets shared code live in the entry instead of one more file to load.
    preserveEntrySignatures: 'allow-extension',
    transform: {
      target: 'node20.19',
      define: {
        'process.env.STYXY_VERSION': JSON.stringify(version),
        'process.env.STYXY_BUILD': JSON.stringify(BUILD_ID),
      },
    },
    plugins: [withoutExecutableSubcommands, screenApart, sharedApart],
    onLog(level, log) {
      // A module that one command loads late and another at once is fine.
      if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') console.error(`${level}: ${log.message}`);
    },
  });
  const { output } = await build.write({
    dir: dist,
    format,
    entryFileNames: `[name].${extension}`,
    chunkFileNames: `chunks/[name]-[hash].${extension}`,
    ...(codeSplitting && { codeSplitting }),
    minify: { compress: true, mangle: mangle && { toplevel: true }, codegen: { removeWhitespace: true } },
  });
  await build.close();
  return output.flatMap((chunk) => (chunk.moduleIds ?? []).flatMap(packageOf));
}

/** The dashboard, for browsers: one script beside the files that need no building. @returns the names of its packages */
async function bundlePage() {
  const source = join(root, 'src/dashboard');
  const build = await rolldown({
    cwd: root,
    platform: 'browser',
    input: join(source, 'main.tsx'),
    tsconfig: join(source, 'tsconfig.json'),
    transform: { target: 'es2022' },
  });
  const { output } = await build.write({
    file: join(dist, 'dashboard/dashboard.js'),
    format: 'iife',
    minify: true,
  });
  await build.close();
  for (const name of ['index.html', 'dashboard.css', 'icon.svg'])
    copyFileSync(join(source, name), join(dist, 'dashboard', name));
  return output.flatMap((chunk) => (chunk.moduleIds ?? []).flatMap(packageOf));
}

/** @returns the names of its packages */
async function bundleScreen() {
  const build = await rolldown({
    ...COMMON,
    input: SCREEN,
    transform: {
      target: 'node20.19',
      define: { 'process.env.NODE_ENV': '"production"' },
    },
    plugins: [withoutDevtools],
  });
  const { output } = await build.write({
    file: join(dist, 'screen.js'),
    format: 'esm',
    codeSplitting: false,
    minify: true,
  });
  await build.close();
  return output.flatMap((chunk) => (chunk.moduleIds ?? []).flatMap(packageOf));
}

/** @returns the names of the packages that went in */
async function bundleShared() {
  const built = await Promise.all(
    Object.keys(SHARED).map(async (name) => {
      const build = await rolldown({
        ...COMMON,
        input: `\0shared-${name}`,
        plugins: [sharedEntries],
        transform: { target: 'node20.19' },
      });
      const { output } = await build.write({
        file: join(dist, 'chunks', sharedFile(name)),
        format: 'cjs',
        codeSplitting: false,
        minify: true,
      });
      await build.close();
      return output.flatMap((chunk) => (chunk.moduleIds ?? []).flatMap(packageOf));
    }),
  );
  return built.flat();
}

/** Puts the bundler's few helpers into the file. */
function standAlone(file) {
  const text = readFileSync(file, 'utf8').replace(
    /require\("\.\/(?:chunks\/)?(rolldown-runtime-[^"]+)"\)/,
    (_, name) =>
      `(()=>{const exports={};${readFileSync(join(dist, 'chunks', name), 'utf8')};return exports})()`,
  );
  writeFileSync(file, text);
}

/** What is loaded as compiled is read byte by byte. */
function asAscii() {
  const escape = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  for (const name of readdirSync(dist, { recursive: true }).filter((each) => each.endsWith('.cjs'))) {
    const file = join(dist, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/[^\0-\x7f]/g, escape));
  }
}

/** Two builds of one version differ by their code alone: npm gives all files of all packages the same time. */
function writeBuildId() {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.cjs'),
  );
  const texts = files.toSorted().map((name) => [join(dist, name), readFileSync(join(dist, name), 'utf8')]);
  const hash = createHash('sha256');
  for (const [, text] of texts) hash.update(text);
  const id = hash.digest('hex').slice(0, BUILD_ID.length);
  for (const [file, text] of texts)
    if (text.includes(BUILD_ID)) writeFileSync(file, text.replaceAll(BUILD_ID, id));
}

function isStale() {
  const builtAt = statSync(join(target, 'cli.cjs'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = ['src', 'config', 'scripts'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => join(root, folder, name)),
  );
  return [join(root, 'package.json'), ...sources].some((file) => statSync(file).mtimeMs > builtAt);
}

function packageOf(moduleId) {
  const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(moduleId);
  return match ? [match[1]] : [];
}

function licences(names) {
  return names
    .map((name) => {
      const folder = join(root, 'node_modules', name);
      const { version, license } = readPackage(folder);
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file ? readFileSync(join(folder, file), 'utf8').trim() : '';
      return `${name} ${version} (${license})\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(79)}\n\n`);
}

function readPackage(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** Declarations of what the library's users can reach; the compiler also writes those of everything behind it. */
function emitTypes() {
  const types = join(dist, 'types');
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const args = ['-p', join(root, 'tsconfig.types.json'), '--outDir', types];
  const { status } = spawnSync(process.execPath, [compiler, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const entries = ['index.d.ts', 'api/testing/playwright.d.ts', 'api/testing/vitest.d.ts'];
  const reachable = new Set(entries.map((name) => join(types, name)));
  for (const file of reachable) {
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/from \s*['"](\.[^'"]+?)(?:\.js|\.ts)['"]/g)) {
      reachable.add(join(dirname(file), `${path}.d.ts`));
    }
  }
  for (const entry of readdirSync(types, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && !reachable.has(file)) rmSync(file);
  }
}
