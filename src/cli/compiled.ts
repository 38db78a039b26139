import {
  closeSync,
  constants as flags,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';

/*
 * Most of the time of a start would go into the compilation of our own code. So what V8 has compiled the last time is
 * kept in the user's own folder, where nobody else can exchange it. Node's cache for that (22 and later) costs a start
 * more, and keeps of a file what the first process that read it happened to need.
 */

type Wrapper = (exports: object, require: object, module: object, file: string, folder: string) => void;

/** What was compiled for one use of one build by one version of Node. */
interface Kept {
  readonly folder: string;
  readonly fresh: { script: Script; name: string }[];
}

/** What each file of CommonJS is given. */
interface Asking {
  readonly require: NodeJS.Require;
  readonly module: NodeJS.Module;
}

/** Several builds (a global one, one of each project) and versions of Node may be used in turn. */
const MOST_KEPT = 4;
/** A pipe in its place is empty. */
const NO_WAIT = (flags.O_RDONLY | (flags.O_NONBLOCK ?? 0)) as unknown as string;
const OTHERS_MAY_WRITE = 0o022;

/**
 * Loads a file of CommonJS, and the files that it asks for, as `require` does.
 * @param use what it is loaded for: each use needs other functions
 * @param from the module that asks, in the same folder, and its `require`: `node:module` would load Node's loader of ES
 *   modules, too
 */
export function loadCompiled(main: string, use: string, from: Asking): void {
  const { require: plain } = from;
  const Module = from.module.constructor as new (file: string) => NodeJS.Module;
  const kept = placeOf(main, use);
  if (!kept) return void plain(main);
  const load = (file: string): unknown => {
    const known = plain.cache[file];
    if (known) return known.exports;
    const code = compile(file, kept);
    if (!code) return plain(file);
    const folder = dirname(file);
    const own = (name: string): unknown => (name.startsWith('.') ? load(join(folder, name)) : plain(name));
    const module = new Module(file);
    plain.cache[file] = module;
    code(module.exports as object, Object.assign(own, plain), module, file, folder);
    // Else `require` takes it for half of a cycle, and warns of what its exports have not.
    module.loaded = true;
    return module.exports;
  };
  process.once('exit', (code) => {
    // What was needed is compiled by now; a use that failed has not come to all of it.
    if (!isFailure(code) && kept.fresh.length > 0) keep(kept, use);
  });
  load(main);
}

/** Our own failures have the codes of sysexits(3), 126 and 127; all others are answers, or the end of the command. */
const isFailure = (code: number): boolean => code >= 64 && code <= 127;

/** undefined: nothing can be kept. */
function placeOf(main: string, use: string): Kept | undefined {
  const { HOME, STYXY_HOME } = process.env;
  const home = STYXY_HOME || (HOME && join(HOME, '.styxy'));
  const found = home && statOrNothing(home);
  // Not as root (`sudo`) in the folder of somebody else, who could not write there any more.
  if (!found || found.uid !== process.geteuid?.() || (found.mode & OTHERS_MAY_WRITE) !== 0) return undefined;
  // V8 itself compares its own version and flags, and of the text only the length. The time is for edits by hand.
  const edited = Math.trunc(statSync(main).mtimeMs);
  const build = [process.env.STYXY_VERSION, process.env.STYXY_BUILD, edited];
  const parts = [use, ...build, process.version, process.arch];
  return { folder: join(home, 'cache', parts.join('-')), fresh: [] };
}

/** A home that can't be reached is told of where it is needed. */
function statOrNothing(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** undefined: it is for `require`, which knows what to say of a file that is not there, and how to load ES modules. */
function compile(file: string, kept: Kept): Wrapper | undefined {
  const text = readOrNothing(file)?.toString('latin1');
  if (text === undefined || text.includes('import(')) return undefined;
  const name = basename(file);
  const cachedData = readOrNothing(join(kept.folder, name));
  const script = new Script(`(function(exports,require,module,__filename,__dirname){${text}\n})`, {
    filename: file,
    ...(cachedData && { cachedData }),
  });
  if (!cachedData || script.cachedDataRejected === true) kept.fresh.push({ script, name });
  return script.runInThisContext() as Wrapper;
}

function readOrNothing(file: string): Buffer | undefined {
  try {
    return readFileSync(file, { flag: NO_WAIT });
  } catch {
    return undefined;
  }
}

/** Where that is not possible (a full disk) the next start compiles anew. */
function keep({ folder, fresh }: Kept, use: string): void {
  try {
    makeFolder(folder, use);
    for (const { script, name } of fresh) write(join(folder, name), script.createCachedData());
  } catch {
    // A folder that is not ours to write to.
  }
}

function makeFolder(folder: string, use: string): void {
  if (existsSync(folder)) return;
  const all = dirname(folder);
  // Not the home: it may have been removed meanwhile, and that is meant.
  for (const each of [all, folder]) if (!existsSync(each)) mkdirSync(each, { mode: 0o700 });
  const ofUse = readdirSync(all)
    .filter((name) => name.startsWith(`${use}-`))
    .map((name) => ({ path: join(all, name), at: statSync(join(all, name)).mtimeMs }))
    .toSorted((a, b) => b.at - a.at);
  for (const { path } of ofUse.slice(MOST_KEPT)) rmSync(path, { recursive: true, force: true });
}

/** V8 believes what it reads: it must be there as a whole, after a power failure as well. */
function write(file: string, data: Buffer): void {
  const draft = `${file}.${process.pid}`;
  try {
    const fd = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(fd, data);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, file);
  } catch (error) {
    // On a full disk each start would leave one.
    rmSync(draft, { force: true });
    throw error;
  }
}
