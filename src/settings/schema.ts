import * as v from 'valibot';
import { NAME } from '../domain/service-name.ts';
import { FIRST_UNPRIVILEGED_PORT } from '../domain/port.ts';
import { HIGHEST_PORT, LOWEST_PORT, USUAL_EPHEMERAL_PORTS } from '../base/port-number.ts';
import { LOG_LEVELS } from '../base/log.ts';
import { DAEMON_PORT, END_GRACE_MS, PORT_CONFLICT } from './defaults.ts';
import { ready } from './ready-schema.ts';

/**
 * What can be written into `config.json` and `styxy.config.*`, with what holds when nothing is written. Names, limits,
 * meanings and defaults stand here only; types, messages, the JSON Schemas and the reference page are made from it.
 */

const HOUR_MS = 3_600_000;
/** Below this a period costs more than what it watches over. */
const SHORTEST_PERIOD_MS = 100;

const wholeNumber = (least: number, most: number, what = 'a whole number') => {
  const expected = `expected ${what} from ${least} to ${most}`;
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(least, expected),
    v.maxValue(most, expected),
  );
};
const port = wholeNumber(LOWEST_PORT, HIGHEST_PORT, 'a port');
const ownPort = wholeNumber(FIRST_UNPRIVILEGED_PORT, HIGHEST_PORT, 'a port');
const text = v.string('expected text');
const name = v.pipe(text, v.regex(NAME, 'expected letters, digits, ".", "_", "-", at most 64'));
const variableName = v.pipe(
  text,
  v.regex(
    /^(?!STYXY)[A-Za-z_][A-Za-z0-9_]*$/,
    'expected the name of a variable that does not begin with STYXY',
  ),
);
const texts = v.array(text, 'expected a list of texts');
const SECTION = 'expected an object';

/** One setting: what it means, and what holds when it is not written. */
const onOff = (fallback: boolean, meaning: string) =>
  v.optional(v.pipe(v.boolean('expected true or false'), v.description(meaning)), fallback);
const count = (least: number, most: number, fallback: number, meaning: string) =>
  v.optional(v.pipe(wholeNumber(least, most), v.description(meaning)), fallback);
const choices = <const Choice extends readonly string[]>(of: Choice) =>
  v.picklist(of, `expected one of ${of.map((each) => `"${each}"`).join(', ')}`);

const serviceType = v.strictObject(
  {
    port_range: v.optional(
      v.pipe(
        v.tuple([ownPort, ownPort], 'expected two ports: [first, last]'),
        v.check(([first, last]) => first <= last, 'expected the lower port first'),
        v.description('first and last port, both included; no port may belong to two types'),
      ),
    ),
    preferred_ports: v.optional(
      v.pipe(
        v.array(ownPort, 'expected a list of ports'),
        v.description('tried first, in this order; ports of the range, and none that browsers refuse'),
      ),
    ),
    instance_behavior: v.optional(
      v.pipe(
        choices(['multi', 'single']),
        v.description('`single`: all share the one that runs. `multi`, the default: each has its own'),
      ),
    ),
    singleton_scope: v.optional(
      v.pipe(
        choices(['machine', 'project']),
        v.description('of a `single` type: one for the whole machine, the default, or one for each project'),
      ),
    ),
    description: v.optional(v.pipe(text, v.description('for people'))),
    auto_allocated: v.optional(
      v.pipe(
        v.boolean('expected true or false'),
        v.description(
          'made for a name that nobody had written down; `styxy config auto-allocation undo` may remove it',
        ),
      ),
    ),
  },
  SECTION,
);

const placement = choices(['after', 'before', 'smart']);

const autoAllocation = v.pipe(
  v.strictObject(
    {
      enabled: onOff(true, 'a service type that nobody has heard of gets a range of its own'),
      default_chunk_size: count(1, 1000, 10, 'how many ports such a range has'),
      placement: v.optional(
        v.pipe(
          placement,
          v.description(
            'where it goes: `after` the highest range, `before` the lowest, or `smart`: beside a type whose name begins with the same word (`jaeger-ui` beside `jaeger`), else into the smallest room that is large enough',
          ),
        ),
        'after',
      ),
      min_port: v.optional(v.pipe(ownPort, v.description('the lowest port of such ranges')), 10_000),
      max_port: v.optional(
        v.pipe(ownPort, v.description('the highest; above it systems take ports for outgoing connections')),
        USUAL_EPHEMERAL_PORTS.first - 1,
      ),
      preserve_gaps: onOff(true, 'leave ports between two ranges'),
      gap_size: count(0, 1000, 10, 'how many'),
    },
    SECTION,
  ),
  v.forward(
    v.check(({ min_port, max_port }) => min_port <= max_port, 'expected a port not below min_port'),
    ['max_port'],
  ),
);

const autoAllocationRule = v.strictObject(
  {
    chunk_size: v.optional(v.pipe(wholeNumber(1, 1000), v.description('instead of `default_chunk_size`'))),
    placement: v.optional(v.pipe(placement, v.description('instead of `auto_allocation.placement`'))),
    preferred_range_start: v.optional(
      v.pipe(ownPort, v.description('where room is looked for first; it may lie below `min_port`')),
    ),
  },
  SECTION,
);

const recovery = v.strictObject(
  {
    port_conflict: v.optional(
      v.strictObject(
        {
          enabled: onOff(
            PORT_CONFLICT.enabled,
            'when an outsider holds the port that was to be leased, the next one is tried; if not, the request fails',
          ),
          max_retries: count(
            0,
            100,
            PORT_CONFLICT.max_retries,
            'how often `styxy run` starts a command again whose port was taken before it could bind it; `--retries` wins',
          ),
          backoff_ms: count(
            0,
            HOUR_MS,
            PORT_CONFLICT.backoff_ms,
            'how long `styxy run` waits before the first such start, in ms',
          ),
          backoff_multiplier: v.optional(
            v.pipe(
              v.number('expected a number from 1 to 10'),
              v.minValue(1, 'expected a number from 1 to 10'),
              v.maxValue(10, 'expected a number from 1 to 10'),
              v.description(
                'how much longer each time; the quarantine of a port that outsiders hold grows by it as well',
              ),
            ),
            PORT_CONFLICT.backoff_multiplier,
          ),
        },
        SECTION,
      ),
      {},
    ),
    health_monitoring: v.optional(
      v.strictObject(
        {
          enabled: onOff(
            true,
            'look regularly whether leased ports are still used; dead holders are found at once without it',
          ),
          check_interval_ms: count(SHORTEST_PERIOD_MS, HOUR_MS, 30_000, 'how often, in ms'),
          max_failures: count(
            1,
            100,
            3,
            'how many looks in a row find a port unused that was in use before its lease counts as dead',
          ),
          cleanup_stale_allocations: onOff(
            true,
            'end such leases, if only a deadline keeps them: a live wrapper, process or instance keeps its lease',
          ),
        },
        SECTION,
      ),
      {},
    ),
    system_recovery: v.optional(
      v.strictObject(
        {
          enabled: onOff(
            true,
            'at its start the daemon repairs a damaged state file and cleans leases whose holder is gone; if not, a damaged file makes the start fail and stays as it is',
          ),
          backup_corrupted_state: onOff(
            true,
            'keep a copy of a damaged state file in `backups/` before it is repaired',
          ),
          max_recovery_attempts: count(
            1,
            100,
            3,
            'after how many starts in a row that can not read the state file it is moved to `backups/`',
          ),
        },
        SECTION,
      ),
      {},
    ),
  },
  SECTION,
);

const schemaKey = v.optional(v.pipe(text, v.description('where the JSON Schema is, for editors')));

export const userConfigSchema = v.strictObject(
  {
    $schema: schemaKey,
    service_types: v.optional(
      v.pipe(
        v.record(name, serviceType, SECTION),
        v.description('service types by name: own ones, and what is different about the built-in ones'),
      ),
      {},
    ),
    instance_templates: v.optional(
      v.pipe(
        v.record(name, wholeNumber(0, 99), SECTION),
        v.description(
          "which of a type's preferred ports an instance of that name tries first, counted from 0; `styxy config instances` shows them",
        ),
      ),
      { main: 0, dev: 1, staging: 2, features: 3 },
    ),
    auto_allocation: v.optional(autoAllocation, {}),
    auto_allocation_rules: v.optional(
      v.pipe(
        v.record(v.pipe(text, v.nonEmpty('expected a pattern')), autoAllocationRule, SECTION),
        v.description(
          'what is different for unknown types whose name fits a pattern; `*` stands for anything',
        ),
      ),
      {
        'monitoring-*': { chunk_size: 20, placement: 'smart', preferred_range_start: 9000 },
        'database-*': { chunk_size: 5, preferred_range_start: 5400 },
      },
    ),
    recovery: v.optional(recovery, {}),
    end_grace_ms: count(
      0,
      HOUR_MS,
      END_GRACE_MS,
      'how long a program may take to end once it was asked to, before it is killed: at Ctrl-C, SIGTERM and a closed terminal, at `styxy stop`, and when its `styxy run` or its agent was killed; in ms',
    ),
    on_wrapper_death: v.optional(
      v.pipe(
        choices(['reap', 'adopt']),
        v.description(
          'what happens to a command whose `styxy run` was killed: `reap` ends it, `adopt` leaves it its lease',
        ),
      ),
      'reap',
    ),
    on_session_death: v.optional(
      v.pipe(
        choices(['end', 'keep']),
        v.description(
          'what happens to the servers of an agent whose session has ended: `end` ends them, `keep` lets them run',
        ),
      ),
      'end',
    ),
    names: onOff(
      true,
      'each service that speaks HTTP has a host name of its own, like `web.shop.localhost`, beside `localhost`',
    ),
    http_port: v.optional(
      v.pipe(
        wholeNumber(0, HIGHEST_PORT, 'a port'),
        v.description("the daemon's port on 127.0.0.1, 0 for none; in force when the daemon starts"),
      ),
      DAEMON_PORT,
    ),
    log_level: v.optional(
      v.pipe(
        choices(LOG_LEVELS),
        v.description('how much the daemon writes to its log; in force when the daemon starts'),
      ),
      'info',
    ),
  },
  SECTION,
);

const service = v.strictObject(
  {
    type: v.optional(
      v.pipe(
        name,
        v.description('the range its port comes from; when left out, what the command is, else `dev`'),
      ),
    ),
    command: v.optional(
      v.pipe(
        v.union([text, texts], 'expected a command or a list of words'),
        v.description(
          'what `styxy run <service>` starts, in the folder of the configuration file: a text, or a list of words',
        ),
      ),
    ),
    port: v.optional(v.pipe(port, v.description('exactly this port: without it the service does not start'))),
    prefer: v.optional(v.pipe(port, v.description('the port to use if it is free'))),
    env: v.optional(
      v.pipe(
        v.union([variableName, v.array(variableName)], 'expected the name of a variable, or a list of names'),
        v.description('the variable, or list of variables, that gets the port; `PORT` when left out'),
      ),
    ),
    args: v.optional(v.pipe(texts, v.description('added to the command; `{port}` stands for the port'))),
    ifRunning: v.optional(
      v.pipe(
        choices(['new', 'reuse', 'replace', 'fail']),
        v.description(
          'what `styxy run` does when the service runs already in this worktree, like `--if-running`',
        ),
      ),
    ),
    depends_on: v.optional(
      v.pipe(
        v.array(name, 'expected a list of services'),
        v.description('the services that `styxy up` starts before it, and waits for until they are ready'),
      ),
    ),
    ready: v.optional(
      v.pipe(
        ready,
        v.description('when `styxy up` takes it for ready; when left out, as soon as it listens'),
      ),
    ),
    restart: v.optional(
      v.pipe(
        choices(['no', 'on-failure']),
        v.description(
          'what `styxy up` does when it fails: `no`, the default, or start it again, up to 5 times with growing pauses',
        ),
      ),
    ),
  },
  SECTION,
);

export const projectConfigSchema = v.strictObject(
  {
    $schema: schemaKey,
    extends: v.optional(
      v.pipe(
        v.union([text, texts], 'expected a path, the name of a package, or a list of them'),
        v.description(
          'configurations below this one, which a team shares: paths from the folder of this file (`./team.json`), or packages with a `styxy.config.json`; JSON or YAML',
        ),
      ),
    ),
    services: v.optional(
      v.pipe(v.record(name, service, SECTION), v.description('the programs of the project by name')),
    ),
    env: v.optional(
      v.pipe(
        v.record(variableName, text, SECTION),
        v.description(
          "variables for every service, also printed by `styxy env`: `{api.port}` and `{api.url}` stand for where the service `api` is, `{port}` for the service's own port",
        ),
      ),
    ),
    names: v.optional(
      v.pipe(
        v.boolean('expected true or false'),
        v.description(
          '`false`: no host names like `web.shop.localhost` for the services of this project, only `localhost`',
        ),
      ),
    ),
    service_types: v.optional(
      v.pipe(
        v.record(name, serviceType, SECTION),
        v.description('service types of this project alone: no other project knows them'),
      ),
    ),
  },
  SECTION,
);

export type ServiceTypeConfig = v.InferOutput<typeof serviceType>;
/** The user's configuration with every default filled in. Durations in ms. */
export type UserConfig = v.InferOutput<typeof userConfigSchema>;
export type ProjectConfig = v.InferOutput<typeof projectConfigSchema>;
