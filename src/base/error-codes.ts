/**
 * Every failure Styxy reports, once: its HTTP status, the exit code of a command that ends with it, and what to
 * try when the place that throws has nothing more exact to say.
 * Exit codes follow sysexits(3); 1 means "the answer to your question is no".
 */
export const ERRORS = {
  USAGE: { http: 400, exit: 64, hint: 'run the command with --help to see its options' },
  INVALID_PORT: { http: 400, exit: 64, hint: 'give a whole number from 1 to 65535' },
  INVALID_NAME: {
    http: 400,
    exit: 64,
    hint: 'use letters, digits, ".", "_" and "-", at most 64, starting with a letter or digit',
  },
  INVALID_REQUEST: { http: 400, exit: 64, hint: 'compare the request with the API reference' },
  UNKNOWN_TYPE: { http: 404, exit: 64, hint: 'use one of the known types' },
  TYPE_IN_USE: { http: 409, exit: 75, hint: 'end its leases first: styxy list shows them' },
  PORT_NOT_ALLOWED: { http: 400, exit: 64, hint: 'choose another port, or add --force to use it anyway' },
  PORT_TAKEN: { http: 409, exit: 75, hint: 'leave --port out to get the next free port' },
  RANGE_FULL: { http: 503, exit: 75, hint: 'styxy list shows who holds the ports of this range' },
  SERVICE_RUNNING: {
    http: 409,
    exit: 75,
    hint: 'styxy url prints its address; --if-running replace ends it first',
  },
  SERVICE_ENDED: { http: 500, exit: 1, hint: 'styxy logs shows what it printed' },
  NOT_LOGGED: { http: 404, exit: 1, hint: 'start it with styxy run --detach' },
  NO_NAME: { http: 404, exit: 1, hint: 'styxy url prints its address without a name' },
  LEASE_NOT_FOUND: { http: 404, exit: 1, hint: 'styxy list shows the live leases' },
  LEASE_SHARED: {
    http: 409,
    exit: 1,
    hint: 'styxy release --all ends it for all of them; or leave it: it ends with its last user',
  },
  TAKES_NO_ORDERS: { http: 409, exit: 1, hint: 'end it where it was started, or with styxy stop' },
  INSTANCE_NOT_FOUND: { http: 404, exit: 1, hint: 'styxy instances list shows them' },
  LEASE_LOST: { http: 409, exit: 75, hint: 'start the command again to get a new port' },
  TIMED_OUT: { http: 503, exit: 1, hint: 'give it more time with --timeout' },
  DAEMON_UNREACHABLE: { http: 503, exit: 69, hint: 'styxy doctor says what is wrong' },
  OUT_OF_RESOURCES: {
    http: 503,
    exit: 69,
    hint: 'end some programs, or raise the limit that ulimit -a shows',
  },
  DAEMON_STOPPING: { http: 503, exit: 69, hint: 'ask again: a new daemon starts by itself' },
  DAEMON_RUNNING: {
    http: 409,
    exit: 1,
    hint: 'styxy daemon status shows it; styxy daemon restart replaces it',
  },
  STATE_UNWRITABLE: {
    http: 503,
    exit: 74,
    hint: 'free some disk space, or point STYXY_HOME to a folder you can write',
  },
  OUTPUT_LOST: { http: 500, exit: 74, hint: 'free some disk space, or send the output elsewhere' },
  INTERNAL: { http: 500, exit: 70, hint: 'this is a bug in styxy; styxy daemon logs has the details' },
  PROTOCOL_MISMATCH: { http: 426, exit: 76, hint: 'run styxy daemon restart with the newer version' },
  DAEMON_OUTDATED: { http: 426, exit: 76, hint: 'run styxy daemon restart' },
  UNAUTHORIZED: {
    http: 401,
    exit: 77,
    hint: 'send the token of auth.token as "Authorization: Bearer <token>"',
  },
  FORBIDDEN: { http: 403, exit: 77, hint: 'only programs of this user on this machine may ask the daemon' },
  BAD_CONFIG: {
    http: 400,
    exit: 78,
    hint: 'correct the file that is named; styxy config validate checks it again',
  },
  COMMAND_NOT_FOUND: {
    http: 400,
    exit: 127,
    hint: 'check the spelling, and that it is installed and on PATH',
  },
  COMMAND_NOT_EXECUTABLE: { http: 400, exit: 126, hint: 'make it executable: chmod +x' },
  FILE_TRACKED: { http: 409, exit: 1, hint: 'name another file, or add --force' },
  NO_ROUTE: { http: 404, exit: 64, hint: 'compare the path with the API reference' },
  METHOD_NOT_ALLOWED: { http: 405, exit: 64, hint: 'compare the method with the API reference' },
  BODY_TOO_LARGE: { http: 413, exit: 64, hint: 'send at most 64 KiB' },
  NOT_JSON: { http: 415, exit: 64, hint: 'send the body as application/json' },
} as const satisfies Record<string, { http: number; exit: number; hint: string }>;

/** Where the documentation tells of an error, from the top of the package. */
export const docsOf = (code: ErrorCode): string => `docs/reference/errors.md#${code.toLowerCase()}`;

export type ErrorCode = keyof typeof ERRORS;

/** The name is a code of our table (not, say, one that a newer daemon knows). */
export function isErrorCode(name: string): name is ErrorCode {
  return Object.hasOwn(ERRORS, name);
}
