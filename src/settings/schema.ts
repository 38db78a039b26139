import * as v from 'valibot';
import { isName } from '../domain/service-name.ts';
import { HIGHEST_PORT, LOWEST_PORT } from '../base/port-number.ts';

/**
 * What can be written into `config.json` and `styxy.config.*`, with what holds when nothing is written. Names, limits
 * and defaults stand here only; types, messages, the JSON Schema and the reference page are made from it.
 */

const name = v.pipe(v.string(), v.check(isName, 'expected letters, digits, ".", "_", "-", at most 64'));
const port = v.pipe(v.number(), v.integer(), v.minValue(LOWEST_PORT), v.maxValue(HIGHEST_PORT));
const wholeNumber = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const HOUR_MS = 3_600_000;
/** Below this a period costs more than what it watches over. */
const SHORTEST_PERIOD_MS = 100;

const serviceType = v.strictObject({
  port_range: v.optional(
    v.pipe(
      v.tuple([port, port]),
      v.check(([first, last]) => first <= last, 'expected the lower port first'),
    ),
  ),
  preferred_ports: v.optional(v.array(port)),
  instance_behavior: v.optional(v.picklist(['multi', 'single'])),
  /** Of a type with "single": one for the whole machine (the default), or one for each project. */
  singleton_scope: v.optional(v.picklist(['machine', 'project'])),
  description: v.optional(v.string()),
  /** Made for a name that nobody had written down; `styxy config auto-allocation undo` may remove it. */
  auto_allocated: v.optional(v.boolean()),
});

const serviceTypes = v.optional(v.record(name, serviceType), {});

/** How an unknown service type gets a range of its own. */
const autoAllocation = v.pipe(
  v.strictObject({
    enabled: v.optional(v.boolean(), true),
    default_chunk_size: v.optional(wholeNumber(1, 1000), 10),
    placement: v.optional(v.picklist(['after', 'before', 'smart']), 'after'),
    min_port: v.optional(port, 10_000),
    max_port: v.optional(port, 32_767),
    preserve_gaps: v.optional(v.boolean(), true),
    gap_size: v.optional(wholeNumber(0, 1000), 10),
  }),
  v.check(({ min_port, max_port }) => min_port <= max_port, 'expected min_port not above max_port'),
);

/**
 * What is different for the types whose name a pattern fits (`monitoring-*`); of several the one with the most letters.
 * `preferred_range_start` is where room is looked for first; it may lie below `min_port`.
 */
const autoAllocationRule = v.strictObject({
  chunk_size: v.optional(wholeNumber(1, 1000)),
  placement: v.optional(v.picklist(['after', 'before', 'smart'])),
  preferred_range_start: v.optional(port),
});

const recovery = v.strictObject({
  /** A stranger holds, or takes, the port that was to be leased. */
  port_conflict: v.optional(
    v.strictObject({
      /** Go on with the next port. Otherwise the request fails, and a command that lost its port stays ended. */
      enabled: v.optional(v.boolean(), true),
      /** How often `styxy run` starts a command again whose port was taken before it could bind it; or --retries. */
      max_retries: v.optional(wholeNumber(0, 100), 3),
      /** Before the first such start; before the next ones, and in the quarantine of the port, it grows. */
      backoff_ms: v.optional(wholeNumber(0, HOUR_MS), 100),
      backoff_multiplier: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(10)), 2),
    }),
    {},
  ),
  /** Looks whether the programs of all leases still listen. Dead holders are found at once without it. */
  health_monitoring: v.optional(
    v.strictObject({
      enabled: v.optional(v.boolean(), true),
      check_interval_ms: v.optional(wholeNumber(SHORTEST_PERIOD_MS, HOUR_MS), 30_000),
      /** Checks in a row at which a port that was in use is not; before its first use a lease can't fail. */
      max_failures: v.optional(wholeNumber(1, 100), 3),
      /** End such leases, if only a deadline keeps them. A live wrapper, process or instance keeps its lease. */
      cleanup_stale_allocations: v.optional(v.boolean(), true),
    }),
    {},
  ),
  /** What the daemon does at its start with what the last one left. */
  system_recovery: v.optional(
    v.strictObject({
      /**
       * Repair a damaged state, clean leases whose holder is gone. If not: a damaged state file makes the start fail
       * and is left as it is, and nothing is cleaned before its turn.
       */
      enabled: v.optional(v.boolean(), true),
      /** Keep a copy of a damaged state file in `backups/` before it is repaired. */
      backup_corrupted_state: v.optional(v.boolean(), true),
      /** The how manieth start in a row that can't read the state file moves it to `backups/` and does without. */
      max_recovery_attempts: v.optional(wholeNumber(1, 100), 3),
    }),
    {},
  ),
});

export const userConfigSchema = v.strictObject({
  $schema: v.optional(v.string()),
  service_types: serviceTypes,
  /** Which of a type's preferred ports an instance of that name tries first. */
  instance_templates: v.optional(v.record(name, wholeNumber(0, 99)), {
    main: 0,
    dev: 1,
    staging: 2,
    features: 3,
  }),
  auto_allocation: v.optional(autoAllocation, {}),
  auto_allocation_rules: v.optional(v.record(v.pipe(v.string(), v.nonEmpty()), autoAllocationRule), {
    'monitoring-*': { chunk_size: 20, placement: 'smart', preferred_range_start: 9000 },
    'database-*': { chunk_size: 5, preferred_range_start: 5400 },
  }),
  recovery: v.optional(recovery, {}),
  on_wrapper_death: v.optional(v.picklist(['reap', 'adopt']), 'reap'),
});

const variableName = v.pipe(
  v.string(),
  v.regex(/^(?!STYXY)[A-Za-z_]\w*$/, 'expected the name of a variable that does not begin with STYXY'),
);

const service = v.strictObject({
  type: v.optional(name),
  command: v.optional(v.union([v.string(), v.array(v.string())])),
  prefer: v.optional(port),
  env: v.optional(v.union([variableName, v.array(variableName)])),
  args: v.optional(v.array(v.string())),
  ifRunning: v.optional(v.picklist(['new', 'reuse', 'replace', 'fail'])),
});

export const projectConfigSchema = v.strictObject({
  $schema: v.optional(v.string()),
  services: v.optional(v.record(name, service)),
  env: v.optional(v.record(variableName, v.string())),
  service_types: v.optional(v.record(name, serviceType)),
});

export type ServiceTypeConfig = v.InferOutput<typeof serviceType>;
/** The user's configuration with every default filled in. Durations in ms. */
export type UserConfig = v.InferOutput<typeof userConfigSchema>;
export type ProjectConfig = v.InferOutput<typeof projectConfigSchema>;
