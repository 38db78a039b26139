import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire, Module } from 'node:module';
import { arch, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/*
 * Where the hook starts. It runs before every command of an agent, and most of its time would go into the compilation of
 * its own code: so what V8 has compiled the last time is kept in the user's own folder, where nobody else can exchange it.
 * Node 20 does not do that by itself.
 */

type Wrapper = (
  exports: object,
  require: NodeJS.Require,
  module: object,
  file: string,
  folder: string,
) => void;

const PREFIX = 'hook-';
const folder = dirname(fileURLToPath(import.meta.url));
const main = join(folder, 'hook-main.cjs');
const require = createRequire(main);

const compiled = compile();
if (compiled) run(compiled);
else require(main);

/** As `require` does it: the parts that are loaded later require this one in turn. */
function run(code: Wrapper): void {
  const self = new Module(main);
  self.filename = main;
  self.loaded = true;
  require.cache[main] = self;
  code(self.exports as object, require, self, main, folder);
}

/** The hook's code as a function of what CommonJS hands to a module; undefined where nothing can be kept. */
function compile(): Wrapper | undefined {
  const home = process.env.STYXY_HOME || join(homedir(), '.styxy');
  if (!existsSync(home)) return undefined;
  const { mtimeMs, size } = statSync(main);
  // V8 itself compares its own version and flags, and of the text only the length.
  const id = `${PREFIX}${process.env.STYXY_VERSION}-${size}-${Math.trunc(mtimeMs)}-${process.version}-${arch()}`;
  const cache = join(home, 'cache', id);
  const cachedData = readOrNothing(cache);
  const text = `(function(exports,require,module,__filename,__dirname){${readFileSync(main, 'latin1')}\n})`;
  const script = new Script(text, { filename: main, ...(cachedData && { cachedData }) });
  // Written at the end, when it has the functions that were needed.
  if (!cachedData || script.cachedDataRejected === true) process.once('exit', () => keep(script, cache));
  return script.runInThisContext() as Wrapper;
}

function readOrNothing(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Only the latest is kept. Where that is not possible the next hook compiles anew. */
function keep(script: Script, cache: string): void {
  try {
    const place = dirname(cache);
    mkdirSync(place, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(place))
      if (name.startsWith(PREFIX)) rmSync(join(place, name), { force: true });
    writeFileSync(`${cache}.${process.pid}`, script.createCachedData(), { mode: 0o600 });
    renameSync(`${cache}.${process.pid}`, cache);
  } catch {
    // A full disk, or a folder that is not ours to write to.
  }
}
