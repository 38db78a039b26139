/** What each error means, for the page that every error leads to. */
export const MEANINGS = {
  BAD_CONFIG:
    'A configuration file can’t be read, or says something that is not possible. `why:` names the line. Of `config.json` what was in force before stays in force.',
  BODY_TOO_LARGE: 'A request to the HTTP API is larger than any that the API knows.',
  COMMAND_NOT_EXECUTABLE: 'The file that was to be run is there and must not be executed, or is a folder.',
  COMMAND_NOT_FOUND:
    'There is no such program on PATH, in `node_modules/.bin`, among the scripts or among the services. No port was leased for it.',
  DAEMON_OUTDATED:
    'A newer command met an older coordinator that could make room at once. Commands start the newer one by themselves.',
  DAEMON_RUNNING: 'The coordinator of this home runs already; there is never a second one.',
  OUT_OF_RESOURCES:
    'The command, or the daemon, has no files, memory or processes left to work with. What was asked has not happened; the leases stay.',
  DAEMON_STOPPING: 'The coordinator was just ending. What was asked has not happened.',
  DAEMON_UNREACHABLE:
    'No coordinator runs and none could be started, or the one that runs does not answer. `styxy run` goes on without one.',
  FILE_TRACKED:
    'Git tracks the file that was to be written. What holds for this machine alone would reach everybody.',
  FORBIDDEN:
    'The HTTP API answers this user’s programs on this machine alone: no web page, no other host name, no other user.',
  INSTANCE_NOT_FOUND: 'No instance of that id is registered: it never was, was removed, or went silent.',
  INTERNAL: 'Something that we did not foresee. `STYXY_LOG=debug` shows where it happened.',
  INVALID_NAME: 'A service, a type or an instance can’t be called like that.',
  INVALID_PORT: 'That is no port number.',
  INVALID_REQUEST: 'A field of the request is not what the route takes; `details.field` names it.',
  LEASE_LOST:
    'A lease could not be taken up again after the coordinator was lost: its port belongs to somebody else by now. The command runs on without a lease.',
  LEASE_NOT_FOUND: 'Nothing that was named has a lease in this worktree. `why:` says what has one.',
  LEASE_SHARED:
    'Several programs use the lease, each by a connection of its own, which ends with the program.',
  METHOD_NOT_ALLOWED: 'The path exists and knows other methods; the header `Allow` names them.',
  NOT_JSON: 'The body of a request is no JSON, or is not sent as JSON.',
  NOT_LOGGED: 'Only services that were started with `--detach` have a log of their own.',
  NO_NAME: 'The service has a port and no host name of its own. `why:` says whether it can have one.',
  NO_ROUTE: 'The API has no such path, or the coordinator is older than the command that asks.',
  OUTPUT_LOST: 'What the command prints could not be written: the disk is full, or the file is gone.',
  PORT_NOT_ALLOWED:
    'Exactly this port was asked for, and it must not be leased to this service: it is below 1024, lies in the range of another type, is refused by browsers, or is the coordinator’s own. A mere wish (`--prefer`) is never refused.',
  PORT_TAKEN:
    'Exactly this port was asked for, and somebody has it: `why:` and `details.holder` say who. Nobody is ever ended for it.',
  PROTOCOL_MISMATCH: 'Command and coordinator are of versions that don’t understand each other.',
  RANGE_FULL:
    'Every port of the type’s range is leased or in use. Ports that are only kept for others are given away before this happens.',
  SERVICE_ENDED: 'The service ended before it was ready.',
  SERVICE_RUNNING: 'The service runs already in this worktree, and `--if-running fail` asked to be told so.',
  TAKES_NO_ORDERS:
    'A program that keeps its lease by itself (a test with `withPort`, a process that was named to `styxy allocate`) was to be stopped or restarted by the daemon, which ends only what it knows how to end.',
  STATE_UNWRITABLE:
    'The coordinator can’t write down what it promises, and promises nothing until it can: the disk is full, or the home is not writable.',
  TIMED_OUT: 'Nothing listened in time.',
  TYPE_IN_USE: 'The range of a service type can’t be taken back while ports of it are leased.',
  UNAUTHORIZED: 'A request over TCP without the token of `auth.token`. The Unix socket needs none.',
  UNKNOWN_TYPE:
    'There is no such service type, and it must not become one: it looks like a typo, or auto-allocation is off.',
  USAGE: 'The words or options of the command are not understood.',
};
