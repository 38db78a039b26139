/** The server that tests run against. */
export interface ServerOptions {
  /** Service name: the same worktree gets the same port again. */
  name: string;
  /** What starts the server, as `styxy run -- <command>` would: it gets the port in its own way. */
  command: string | readonly string[];
  /** Service type: the range its port comes from. Default `test`. */
  type?: string;
  /** Folder of the command. Default: the current one. */
  cwd?: string;
  /** More variables for the command. */
  env?: Readonly<Record<string, string>>;
  /** What is asked for until the server answers it. Default `/`. */
  path?: string;
  /** How long the server may take to answer, in milliseconds. Default 60000. */
  timeout?: number;
}
