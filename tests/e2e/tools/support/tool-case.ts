/** One real tool, and the smallest project that it serves. */
export interface ToolCase {
  /** Of the test. */
  name: string;
  /** The row of the table that it proves, as `rowKey` says it; missing for a program of one's own. */
  row?: string;
  /** From the npm registry, with versions; the first one's version is what is recorded. */
  packages?: readonly string[];
  /** A program that the system must have, and how it tells its version. */
  needs?: readonly [string, ...string[]];
  /** It does not run in the oldest Node that Styxy runs in. */
  newNode?: true;
  /** The project. `{port}` in a text is the number that the script has hard-coded. */
  files: Readonly<Record<string, string | object>>;
  /** Run once, after the installation: `vite build`. */
  prepare?: readonly string[];
  env?: Readonly<Record<string, string>>;
  command: string;
  /** The text of the package script, in which the number stands. */
  fixed: string;
  /** The port that the command takes by itself. */
  default?: number;
  /** Further ports that it opens. */
  others?: readonly number[];
  /** A path, and a piece of what is answered there. Without `says` any answer is one. */
  path?: string;
  says?: string;
  /** Where it does not speak HTTP: what it is told, and how its answer begins. */
  speaks?: readonly [tell: string, answer: string];
}

/** A further port is of the system's choice. */
export const ANY = 0;

export const PAGE =
  '<!doctype html><html><head><title>page</title></head><body><h1>A page of the project</h1></body></html>';
export const SAYS = 'A page of the project';

/** A server in plain Node that takes its port from PORT. */
export const NODE_SERVER = `import { createServer } from 'node:http';
createServer((request, response) => response.end('${SAYS}')).listen(process.env.PORT || 3000);
`;
