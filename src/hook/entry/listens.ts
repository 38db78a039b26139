import { asObject } from '../../tools/project.ts';
import { entryFile, extensionOf, type EntryFile, type Language } from './file.ts';

/** Reads a file of the project; undefined when there is none. */
export type ReadFile = (path: string) => string | undefined;

/** A larger program is not read further: what it does is then unknown. */
const MOST_FILES = 40;
const LONGEST = 300_000;

/** Calls by which a program of this language listens. A port that the system chooses (`listen(0)`) is no fixed one. */
const LISTENS: Readonly<Record<Language, RegExp>> = {
  javascript:
    /\.listen\(\s*(?!0\s*[,)]|["'`]\/|\(|function|async)[^)]|\.listen\(\s*\)|\b(?:Bun|Deno)\.serve\(|Deno\.listen\(|\bserve\(\s*(?:\{|app|\()|new (?:WebSocketServer|WebSocket\.Server|Server)\(\s*\{[^}]*\bport\b|\bcreateServer\([^]*?\.listen\b|\bexport default\s*\{[^]{0,400}\bport\s*:/,
  python:
    /\.run(?:_app|_server)?\(\s*(?:[^)]*(?:port|host|debug)|\))|uvicorn\.run\(|hypercorn|serve_forever\(|\b(?:ThreadingHTTPServer|HTTPServer|TCPServer)\(|web\.run_app\(|\bserve\(\s*app|\.listen\(|start_server\(|make_server\(|\.launch\(|WSGIServer\(|execute_from_command_line.*runserver/,
  ruby: /require ['"]sinatra['"]|WEBrick::HTTPServer|TCPServer\.(?:new|open)|Rackup?::Handler|\.run!|Puma::Server/,
  php: /stream_socket_server\(|socket_bind\(|->listen\(|new (?:React\\Socket|Swoole)|HttpServer\(/,
  perl: /HTTP::Daemon|Mojolicious::Lite|app->start|Listen\s*=>|Dancer2?\b/,
  go: /ListenAndServe(?:TLS)?\(|net\.Listen\(|\.Run\(\s*(?:":|\)|addr|port|fmt)|\.Listen\(|\.Start\(\s*(?:":|addr|fmt)|\.Serve\(/,
  rust: /TcpListener::bind|HttpServer::new|axum::serve|rocket::(?:build|ignite)|#\[launch\]|warp::serve|\.bind\(/,
  csharp: /WebApplication\.Create|WebHost|UseKestrel|HttpListener|TcpListener/,
};

/** `import x from './y'`, `require('./y')`, `import('./y')`, `fork('./y.js')`, `path.join(__dirname, 'y.js')`. */
const LOCAL = /["'`](\.{1,2}\/[\w@./-]*)["'`]|__dirname,\s*["'`]([\w./-]+)["'`]/g;

/**
 * A command that starts a program of one's own listens on a port, as far as its source tells.
 * @param words the command, as its program sees it
 * @param readFile paths are relative to where the command runs
 */
export function listens(words: readonly string[], readFile: ReadFile): boolean {
  const entry = entryFile(words);
  if (entry === undefined) return false;
  return sourcesOf(entry, readFile).some(({ language, text }) =>
    LISTENS[language].test(withoutComments(text)),
  );
}

interface SourceText {
  language: Language;
  text: string;
}

/** The file and, of JavaScript, the files of the project that it imports. */
function sourcesOf(entry: EntryFile, readFile: ReadFile): SourceText[] {
  const found: SourceText[] = [];
  const seen = new Set<string>();
  const paths = processFile(entry.path, readFile) ?? [entry.path];
  // The list grows while it is walked.
  for (const path of paths) {
    const file = seen.size < MOST_FILES ? resolveFile(path, readFile) : undefined;
    if (file === undefined || seen.has(file.path) || file.text.length > LONGEST) continue;
    seen.add(file.path);
    found.push({ language: entry.language, text: file.text });
    if (entry.language === 'javascript') paths.push(...importsOf(file.text, file.path));
  }
  return found;
}

/** The scripts of a file of pm2: `ecosystem.config.json`. */
function processFile(path: string, readFile: ReadFile): string[] | undefined {
  if (!/\becosystem\b|\.config\.c?js(on)?$|^pm2\b/.test(path)) return undefined;
  const text = readFile(path) ?? '';
  const scripts = [...text.matchAll(/["']?script["']?\s*:\s*["'`]([^"'`]+)["'`]/g)].map(
    ([, script = '']) => script,
  );
  return scripts.length > 0 ? scripts : undefined;
}

const ENDINGS = [
  '',
  '.js',
  '.ts',
  '.mjs',
  '.cjs',
  '.mts',
  '.tsx',
  '/index.js',
  '/index.ts',
  '/index.mjs',
  '/index.cjs',
];

function resolveFile(path: string, readFile: ReadFile): { path: string; text: string } | undefined {
  const main = packageMain(path, readFile);
  const typed = /\.[cm]?js$/.test(path) ? [path.replace(/js$/, 'ts')] : [];
  for (const candidate of [...ENDINGS.map((ending) => path + ending), ...typed, ...main]) {
    const text = readFile(candidate);
    if (text !== undefined) return { path: candidate, text };
  }
  return undefined;
}

/** `node .` runs the `main` of the package. */
function packageMain(path: string, readFile: ReadFile): string[] {
  if (!/^\.{1,2}\/?$/.test(path)) return [];
  try {
    const main = asObject(JSON.parse(readFile(`${path}/package.json`) ?? ''))?.main;
    return typeof main === 'string' ? [`${path}/${main}`, `${path}/${main}.js`] : [];
  } catch {
    return [];
  }
}

function importsOf(text: string, from: string): string[] {
  const folder = from.includes('/') ? from.replace(/\/[^/]*$/, '') : '.';
  return [...text.matchAll(LOCAL)]
    .map(([, relative, beside]) => `${folder}/${relative ?? beside}`)
    .filter((path) =>
      ['', 'js', 'mjs', 'cjs', 'ts', 'mts', 'cts', 'tsx', 'jsx'].includes(
        extensionOf(path.replace(/^.*\//, '')),
      ),
    );
}

/** Comments at the beginnings of lines and behind code: what stands in them runs nothing. */
function withoutComments(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*(?:\/\/|#(?!\[)).*$/gm, '')
    .replaceAll(/(?<=[;{},)\s])\/\/ .*$/gm, '');
}
