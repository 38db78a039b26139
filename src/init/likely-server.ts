import type { Program } from '../tools/program.ts';
import { asObject, type Project } from '../tools/project.ts';
import type { PackageFile } from '../tools/runners/package-file.ts';
import { fileArgument, withoutExtension } from '../tools/match/invocation.ts';
import { baseName, fileIn } from '../tools/text/command.ts';

/** Packages whose only use is to serve. */
const FRAMEWORKS =
  /^(express|fastify|koa|hono|@hono\/node-server|@nestjs\/core|@hapi\/hapi|restify|polka|h3|micro|sails|@feathersjs\/(express|koa)|@adonisjs\/core|apollo-server|@apollo\/server|graphql-yoga|socket\.io|ws|json-server|@trpc\/server|@loopback\/rest|@sveltejs\/adapter-node|@astrojs\/node|@remix-run\/node|next|nuxt|nitropack)$/;
const SERVER_NAMES = ['dev', 'develop', 'start', 'serve', 'server', 'preview'];

/** Scripts of these names, and variants of them: `dev:web`. */
export const scriptsNamed = (...further: string[]): RegExp =>
  new RegExp(`^(${[...SERVER_NAMES, ...further].join('|')})([:.-].*)?$`);

const SERVER_SCRIPTS = scriptsNamed();
const SERVER_FILES = /^(server|www|index|main|app|api|start)([.-].*)?$/i;

/**
 * A file that is not there to be read, as one that a build makes: a server when it is called like one, in a script that
 * is called like one, of a package that has a framework for servers.
 */
export function isLikelyServer(
  { binds, command, folder }: Program,
  own: PackageFile,
  script: string,
  project: Project,
): boolean {
  if (binds === 'yes' || !SERVER_SCRIPTS.test(script)) return false;
  const file = fileArgument(command.words);
  if (file === undefined || !isMissing(file, folder, project)) return false;
  if (/(^|\/)(server|www)\b/i.test(file)) return true;
  return SERVER_FILES.test(withoutExtension(baseName(file))) && hasFramework(own);
}

function isMissing(file: string, folder: string | undefined, project: Project): boolean {
  const path = fileIn(folder ?? '.', file);
  return ['', '.js', '.mjs', '.cjs', '.ts', '/index.js'].every(
    (end) => project.readFile(path + end) === undefined,
  );
}

function hasFramework({ content }: PackageFile): boolean {
  const names = [content.dependencies, content.devDependencies].flatMap((each) =>
    Object.keys(asObject(each) ?? {}),
  );
  return names.some((name) => FRAMEWORKS.test(name));
}
