import { asObject, asText, parser, type Project } from '../project.ts';
import { baseName, fileIn, joinDir } from '../text/command.ts';
import { beforeTerminator, optionValue, splitOption } from '../text/options.ts';
import type { Word } from '../text/word.ts';

/** Folders in which the packages of a Cargo workspace lie, by habit. */
const MEMBERS = ['.', 'crates', 'packages', 'apps', 'services', 'bin'];

/** The files that may hold the `main` of what `cargo run` starts. */
export function cargoMains(words: readonly Word[], dir: string, project: Project): string[] {
  const own = beforeTerminator(words);
  const value = (...names: string[]): string | undefined => {
    const at = own.findIndex((word) => names.includes(splitOption(word).name));
    return at < 0 ? undefined : optionValue(own, at);
  };
  const manifest = value('--manifest-path');
  const root = joinDir(dir, manifest === undefined ? '.' : `${manifest}/..`) ?? dir;
  const chosen = value('-p', '--package');
  const bin = value('--bin');
  const example = value('--example');
  const folder = chosen === undefined ? root : (packageNamed(chosen, root, project) ?? root);
  if (example !== undefined)
    return [`examples/${example}.rs`, `examples/${example}/main.rs`].map((name) => fileIn(folder, name));
  return bin === undefined ? [fileIn(folder, 'src/main.rs')] : cargoBinary(bin, folder, project);
}

function cargoBinary(name: string, dir: string, project: Project): string[] {
  const beside = [`src/bin/${name}.rs`, `src/bin/${name}/main.rs`].map((file) => fileIn(dir, file));
  if (beside.some((file) => project.readFile(file) !== undefined)) return beside;
  const folder = packageNamed(name, dir, project);
  return folder === undefined ? beside : [fileIn(folder, 'src/main.rs')];
}

/** A package is called like its folder, or its manifest says its name. */
function packageNamed(name: string, root: string, project: Project): string | undefined {
  const isCalled = new RegExp(`^name\\s*=\\s*"${name.replaceAll(/[^\w-]/g, '.')}"`, 'm');
  const folders = MEMBERS.flatMap((parent) => {
    const base = fileIn(root, parent);
    return [...(parent === '.' ? [base] : []), ...project.folders(base).map((each) => fileIn(base, each))];
  });
  return folders.find((folder) => isCalled.test(project.readFile(fileIn(folder, 'Cargo.toml')) ?? ''));
}

/** Where a build puts programs, by habit. */
const OUTPUT = /^(\.\/)?((bin|build|dist|out|tmp|target\/\w+)\/)?[\w-]+$/;

/** The source of a program that a build has made, or will have made: `./target/debug/api`, `./bin/server`. */
export function builtFrom(
  path: string,
  dir: string,
  project: Project,
): { language: 'go' | 'rust'; files: string[] } | undefined {
  if (!OUTPUT.test(path) || !path.includes('/')) return undefined;
  const name = baseName(path);
  if (/^(\.\/)?target\//.test(path)) return { language: 'rust', files: cargoBinary(name, dir, project) };
  if (project.readFile(fileIn(dir, 'go.mod')) === undefined) return undefined;
  // A script of the project is read as what it is.
  if (project.readFile(fileIn(dir, path))?.startsWith('#!') === true) return undefined;
  const own = [`cmd/${name}/main.go`, `cmd/${name}/${name}.go`, `${name}/main.go`];
  const isNamed = own.some((file) => project.readFile(fileIn(dir, file)) !== undefined);
  return { language: 'go', files: (isNamed ? own : ['main.go']).map((file) => fileIn(dir, file)) };
}

/** Files in which a package of Go has what its name says. */
const GO_FILES = ['server', 'http', 'app', 'main', 'router', 'api'];

/** The packages of its own module that a Go program imports. */
export function goImports(text: string, project: Project): string[] {
  const [, module] = /^module\s+(\S+)/m.exec(project.readFile('go.mod') ?? '') ?? [];
  if (module === undefined) return [];
  return [...text.matchAll(/"([\w./-]+)"/g)].flatMap(([, path = '']) => {
    if (!path.startsWith(`${module}/`)) return [];
    const folder = path.slice(module.length + 1);
    return [...new Set([baseName(folder), ...GO_FILES])].map((name) => `${folder}/${name}.go`);
  });
}

/** `mod server;` */
export function rustModules(text: string, file: string): string[] {
  const folder = joinDir(file, '..') ?? '.';
  return [...text.matchAll(/^\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;/gm)].flatMap(([, name = '']) =>
    [`${name}.rs`, `${name}/mod.rs`].map((each) => fileIn(folder, each)),
  );
}

/** The module of a function that pyproject.toml gives a name as a command: `api = "app.main:run"`. */
export function entryPoint(name: string, dir: string, project: Project): string | undefined {
  const text = project.readFile(fileIn(dir, 'pyproject.toml'));
  if (text === undefined || !/^\[(project|tool\.poetry)\.scripts\]/m.test(text)) return undefined;
  const content = asObject(parser(project, 'toml')?.(text));
  const poetry = asObject(asObject(content?.tool)?.poetry);
  const scripts = { ...asObject(asObject(content?.project)?.scripts), ...asObject(poetry?.scripts) };
  return Object.hasOwn(scripts, name) ? asText(scripts[name])?.split(':', 1)[0] : undefined;
}
