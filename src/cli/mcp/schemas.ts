import * as v from 'valibot';
import { allocationFields } from '../../protocol/answers/allocation.ts';
import { container, listener } from '../../protocol/answers/listener.ts';
import { checkAnswer, listAnswer } from '../../protocol/answers/ports.ts';
import { allocation } from '../../protocol/answers/allocation.ts';
import { allocateAnswer, releaseAnswer } from '../../protocol/answers/lease.ts';
import { about, fileText, name, port, text, wholeNumber } from '../../protocol/requests/fields.ts';

/* What goes in and comes out of the tools. Fields are called as in the HTTP API. */

const directory = v.optional(
  about(
    fileText(4096),
    'a folder of the worktree that is meant; by default the one that this server was started in',
  ),
);
const confirm = v.optional(
  about(v.boolean(), 'true: also what another session or a person runs. Ask the user before you say so.'),
);
const timeout = (what: string) =>
  v.optional(about(wholeNumber(1, 600, 'seconds'), `seconds to wait until ${what}; 30 by default`));
const which = about(
  text(4096),
  'a service of the worktree by its name (or what it runs), a port, or a lock id',
);

export const ensureInput = v.object({
  service: v.optional(
    about(
      text(256),
      "a service of the project's configuration, or a script of package.json; `dev` or `start` by default",
    ),
  ),
  command: v.optional(
    about(
      v.pipe(v.array(text(4096)), v.minLength(1, 'expected a command')),
      'a command instead, as a list of words: ["npm", "run", "demo"]. No shell reads it.',
    ),
  ),
  name: v.optional(about(name, 'what the service is called, instead of what the command tells')),
  service_type: v.optional(about(name, 'dev, api, test, ...; by default what the command is')),
  preferred_port: v.optional(about(port, 'this one if it is free')),
  timeout: timeout('it listens'),
  directory,
});

const { port: _, url: __, ...rest } = allocationFields;
export const ensureOutput = v.object({
  port,
  url: v.string(),
  ...v.partial(v.object(rest)).entries,
  existing: about(v.boolean(), 'it ran before, and nothing was started'),
  ready: about(v.boolean(), 'it was seen listening'),
  pid: about(v.nullable(v.number()), 'what keeps it alive'),
  ports: about(v.record(v.string(), port), 'all of its ports by name'),
  log: about(
    v.nullable(v.string()),
    'the file of its output; null when it was not started in the background',
  ),
});

export const listInput = v.object({
  all: v.optional(about(v.boolean(), 'of all worktrees, with the listeners that no lease explains')),
  directory,
});
export const listOutput = listAnswer;

export const portInput = v.object({ port });
export const checkOutput = checkAnswer;
export const whoseOutput = v.object({
  port,
  allocation: v.nullable(allocation),
  listener: v.nullable(listener),
  container: v.nullable(container),
  reason: v.string(),
  started_by: v.array(v.object({ pid: v.number(), command: v.nullable(v.string()) })),
  project_path: v.nullable(v.string()),
  branch: v.nullable(v.string()),
  instance_id: v.nullable(v.string()),
  command: v.nullable(v.string()),
  since: v.nullable(v.string()),
});

export const allocateInput = v.object({
  service_type: v.optional(about(name, 'dev, api, test, ...; `dev` by default')),
  service_name: v.optional(about(name, 'a name for it: the same one gets the same port again')),
  preferred_port: v.optional(about(port, 'this one if it is free')),
  port: v.optional(about(port, 'exactly this one, or a refusal')),
  ttl: v.optional(about(wholeNumber(1, 86_400, 'seconds'), 'seconds; without it, as long as the session')),
  directory,
});
export const allocateOutput = allocateAnswer;

export const releaseInput = v.object({ lease: which, confirm, directory });
export const releaseOutput = releaseAnswer;

export const waitInput = v.object({ service: which, timeout: timeout('it listens'), directory });
export const waitOutput = v.object({
  port: about(port, 'where it listens'),
  url: v.string(),
  ready: v.literal(true),
  note: v.exactOptional(about(v.string(), 'when it listens elsewhere than it should')),
});

export const logsInput = v.object({
  service: which,
  lines: v.optional(about(wholeNumber(1, 2000, 'a count'), 'how many of the last lines; 50 by default')),
  directory,
});
export const logsOutput = v.object({
  service_name: v.string(),
  log: about(v.string(), 'the file'),
  lines: v.array(v.string()),
});

export const stopInput = v.object({ service: which, confirm, directory });
export const stopOutput = v.object({
  stopped: v.array(allocation),
  left_running: about(v.array(port), 'their leases have ended, and their programs could not be'),
});
