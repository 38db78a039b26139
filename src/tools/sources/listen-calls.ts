import type { VariableForm } from '../adapters/tool.ts';
import { portNumber } from '../match/port-text.ts';
import type { Language } from './entry.ts';

/** A call that makes a program listen, and the port it takes when it is given none. */
interface ListenCall {
  pattern: RegExp;
  /** A piece of the text without which the call means something else. */
  needs?: string;
  fallback?: number;
  /** A variable that wins over whatever the call says. */
  override?: VariableForm;
}

export const LISTEN_CALLS: Readonly<Record<Language, readonly ListenCall[]>> = {
  js: [
    { pattern: /(?<!\bhistory|\brouter|\bprocess|\bwindow|\bdocument|\bunsubscribe|\bstore)\.listen\s*\(/ },
    {
      pattern: /\bDeno\.serve\s*\(/,
      fallback: 8000,
      override: { variable: 'DENO_SERVE_ADDRESS', value: 'tcp:127.0.0.1:{port}' },
    },
    { pattern: /\bBun\.serve\s*\(/, fallback: 3000 },
    { pattern: /\bstartStandaloneServer\s*\(/, fallback: 4000 },
    { needs: '@hono/node-server', pattern: /\bserve\s*\(/, fallback: 3000 },
    { pattern: /\bnew\s+(?:WebSocket\.?Server|WebSocketServer|WSServer|Server)\s*\(\s*\{[^}]*\bport\b/ },
  ],
  python: [
    { pattern: /\buvicorn\.run\s*\(/, fallback: 8000 },
    {
      pattern: /\b(?:app|application|server|socketio|flask_app|dash_app)\.(?:run|run_server)\s*\(/,
      fallback: 5000,
    },
    { pattern: /\bweb\.run_app\s*\(/, fallback: 8080 },
    { pattern: /\b(?:TCPServer|HTTPServer|ThreadingHTTPServer|make_server|WSGIServer)\s*\(/ },
    { pattern: /\bwaitress\.serve\s*\(/, fallback: 8080 },
    { needs: 'from waitress import serve', pattern: /\bserve\s*\(/, fallback: 8080 },
    { pattern: /\badd_(?:in)?secure_port\s*\(/ },
    { pattern: /\b(?:start_server|create_server)\s*\(/ },
    {
      needs: 'http.server',
      pattern:
        /\bserver\.test\s*\(|\bserver\s+as\s+(\w+)[\s\S]*?\b\1\.test\s*\(|\bserver\s+import\s+[^\n;]*(?:\*|\btest\b)[\s\S]*?[^.\w]test\s*\(/,
      fallback: 8000,
    },
    { needs: 'tornado', pattern: /\.listen\s*\(/ },
    { needs: 'gradio', pattern: /\.launch\s*\(/, fallback: 7860 },
    { needs: 'bottle', pattern: /\brun\s*\(/, fallback: 8080 },
    { pattern: /\bexecute_from_command_line\s*\(\s*\[[^\]]*runserver/, fallback: 8000 },
  ],
  ruby: [
    { pattern: /\brequire\s*\(?['"]sinatra['"]/, fallback: 4567 },
    { pattern: /\bWEBrick::HTTPServer\.new\b/ },
    { pattern: /\bTCPServer\.(?:new|open)\b/ },
  ],
  go: [
    { pattern: /\bListenAndServe(?:TLS)?\s*\(/ },
    { pattern: /\bnet\.Listen\s*\(/ },
    { pattern: /\.(?:Run|Start|Listen|Serve)\s*\(\s*(?:"|os\.Getenv|fmt\.|port|addr)/ },
    { needs: 'gin-gonic/gin', pattern: /\.Run\s*\(\s*\)/, fallback: 8080 },
  ],
  rust: [
    { pattern: /\bTcpListener::bind\s*\(/ },
    { pattern: /\.bind\s*\(\s*(?:\(|"|&|format!|addr|std::env)/ },
    { pattern: /\brocket::build\s*\(/, fallback: 8000 },
    { pattern: /\bSocketAddr::from\s*\(/ },
  ],
};

export interface ReadPort {
  port?: number;
  variable?: string;
  /** The number is all that is said, so that no argument or setting can be meant. */
  isFixed?: boolean;
}

/** What makes a number one of several possible ports. */
const OPEN = /\|\||\?|\bor\b|arg|pars|conf|get|env|flag|opt|input|set|\$/i;

/** A file that takes settings from outside. */
const OPEN_FILE = /\b(env|environ|getenv|argv|argparse|parseArgs|yargs|commander|minimist|dotenv|config)\b/i;
/** A function behind other arguments: what it does once it listens names no port. */
const CALLBACK = /,\s*(?:async\s*)?(?:(?:\([^()]*\)|\w+)\s*=>|function\b)/;

/** The port among the arguments of a call, through one name at most: `const port = process.env.PORT || 3000`. */
export function readPort(code: string, call: string, language: Language): ReadPort {
  const args = argumentsOf(call).split(CALLBACK, 1)[0] ?? '';
  const own = expressionPort(args, language);
  if (own) return own;
  const names = [...args.matchAll(/(?<![\w.'"])([A-Za-z_]\w*)(?![\w'"]*\s*[(:])/g)].map(
    ([, name = '']) => name,
  );
  const setting = /\b\w+\.get\(\s*['"]port['"]\s*\)/.test(args)
    ? /\.set\(\s*['"]port['"]\s*,([^\n]*)/.exec(code)?.[1]
    : undefined;
  const meanings = [
    setting,
    ...names.filter((name) => /port|addr/i.test(name)).map((name) => valueOf(name, code)),
  ];
  const found = meanings
    .map((text) => (text === undefined ? undefined : expressionPort(text, language)))
    .find((each) => each !== undefined);
  // A name may be given another value later: `let port = 3000; if (process.env.PORT) port = ...`.
  return found?.variable === undefined && found?.port !== undefined
    ? { ...found, ...elsewhereSaid(code, language) }
    : (found ?? {});
}

function elsewhereSaid(code: string, language: Language): ReadPort {
  const names = variablesIn(code, language).filter((name) => /port/i.test(name));
  const variable = names.find((name) => name === 'PORT') ?? names[0];
  if (variable !== undefined) return { variable, isFixed: false };
  return OPEN_FILE.test(code) ? { isFixed: false } : {};
}

const variablesIn = (code: string, language: Language): string[] =>
  [...code.matchAll(VARIABLES[language])].flatMap((match) =>
    match.slice(1).filter((name) => name !== undefined),
  );

function argumentsOf(call: string): string {
  const from = call.indexOf('(');
  let depth = 0;
  for (let at = from; at >= 0 && at < call.length; at += 1) {
    if (call[at] === '(') depth += 1;
    if (call[at] === ')') depth -= 1;
    if (depth === 0) return call.slice(from + 1, at);
  }
  return call.slice(from + 1);
}

function valueOf(name: string, code: string): string | undefined {
  const pattern = new RegExp(`(?:^|[\\s,{(;])${name}(?:\\s*:\\s*[\\w:&]+)?\\s*:?=(?!=)\\s*([^\\n;]*)`);
  return pattern.exec(code)?.[1];
}

const VARIABLES: Readonly<Record<Language, RegExp>> = {
  js: /\b(?:process|Bun|import\.meta)\.env(?:\.([A-Z]\w*)|\[\s*['"]([A-Z]\w*)['"]\s*\])|\bDeno\.env\.get\(\s*['"]([A-Z]\w*)['"]/g,
  python: /\benviron(?:\.get\(|\[)\s*['"](\w+)['"]|\bgetenv\(\s*['"](\w+)['"]/g,
  ruby: /\bENV(?:\.fetch\(|\[)\s*['"](\w+)['"]/g,
  go: /\bGetenv\(\s*"(\w+)"/g,
  rust: /\benv::var\(\s*"(\w+)"/g,
};

/** A number that is only a part of another one: `8000 + index`, `'80' + digits`. */
const COMPUTED = /\d['"]?\s*[-+*%]|[-+*%]\s*['"]?\d/;

/** What an expression says: a variable of the environment, a number, or both. */
export function expressionPort(text: string, language: Language): ReadPort | undefined {
  const variable = variablesIn(text, language).find((name) => /port/i.test(name));
  const digits = /(?:\bport\s*[:=]\s*|:|^\s*|[\s(|?,'"])(\d{2,5})(?=\s*(?:[,)'"};|?]|$|\n))/i.exec(text)?.[1];
  const port = COMPUTED.test(text) ? undefined : portNumber(digits);
  if (variable === undefined && port === undefined) return undefined;
  return {
    ...(port !== undefined && port > 0 && { port, isFixed: variable === undefined && !OPEN.test(text) }),
    ...(variable !== undefined && { variable }),
  };
}
