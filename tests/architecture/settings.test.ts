import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { jsonSchemaOf, type ConfigKind } from '../../src/settings/json-schema.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const SERVICES = 'process/config/services.test.ts';
const LAYERS = 'process/config/commands.test.ts';
const AUTO_TYPES = 'unit/daemon/grants/auto-types.test.ts';
const PROVISION = 'unit/daemon/grants/provision.test.ts';
const RECOVERY = 'process/daemon/recovery-settings.test.ts';
const HEALTH = 'unit/daemon/machine/health.test.ts';
const REPAIR = 'unit/daemon/ledger/recovery.test.ts';
const UP = 'process/up/foreground.test.ts';
const WISHES = 'unit/run/port-wish.test.ts';
const NAMES = 'process/run/names.test.ts';
const TYPES = 'unit/settings/service-types.test.ts';

type Proof = readonly [file: string, test: string];

/** What a setting does, or what its absence would break: a test in which its value makes the difference. */
const serviceType = (where: string): Record<string, Proof> => ({
  [`${where}.*.port_range`]: ['process/config/live-edit.test.ts', 'a type that was added can be leased'],
  [`${where}.*.preferred_ports`]: [TYPES, 'change one key of a type and leave the others'],
  [`${where}.*.instance_behavior`]: ['process/share/shared-lease.test.ts', 'a lease that is shared'],
  [`${where}.*.singleton_scope`]: [
    'contract/singletons.test.ts',
    'runs once for each project where its type says so',
  ],
  [`${where}.*.description`]: [TYPES, 'are all described'],
  [`${where}.*.auto_allocated`]: [PROVISION, 'a range that somebody wrote by hand never grows'],
});

const SCHEMA_KEY: Proof = [LAYERS, 'the schemas that editors ask for'];

const PROOFS: Record<ConfigKind, Record<string, Proof>> = {
  user: {
    $schema: SCHEMA_KEY,
    ...serviceType('service_types'),
    'instance_templates.*': ['contract/instances.test.ts', '%s starts with the port %i steps further'],
    'auto_allocation.enabled': [AUTO_TYPES, 'enabled: false refuses'],
    'auto_allocation.default_chunk_size': [AUTO_TYPES, "['default_chunk_size'"],
    'auto_allocation.placement': [AUTO_TYPES, "['placement: smart'"],
    'auto_allocation.min_port': [AUTO_TYPES, "['min_port'"],
    'auto_allocation.max_port': [AUTO_TYPES, 'max_port is the end of the room'],
    'auto_allocation.preserve_gaps': [AUTO_TYPES, "['preserve_gaps'"],
    'auto_allocation.gap_size': [AUTO_TYPES, "['gap_size'"],
    'auto_allocation_rules.*.chunk_size': [AUTO_TYPES, "['chunk_size'"],
    'auto_allocation_rules.*.placement': [AUTO_TYPES, "['placement'"],
    'auto_allocation_rules.*.preferred_range_start': [AUTO_TYPES, "['preferred_range_start'"],
    'recovery.port_conflict.enabled': [RECOVERY, 'port_conflict.enabled: false'],
    'recovery.port_conflict.max_retries': [RECOVERY, 'port_conflict.max_retries is how often'],
    'recovery.port_conflict.backoff_ms': [RECOVERY, 'port_conflict.backoff_ms and'],
    'recovery.port_conflict.backoff_multiplier': [RECOVERY, 'backoff_multiplier make the pauses'],
    'recovery.health_monitoring.enabled': [RECOVERY, 'health_monitoring.enabled: false checks nothing'],
    'recovery.health_monitoring.check_interval_ms': [RECOVERY, 'health_monitoring ends what is dead'],
    'recovery.health_monitoring.max_failures': [HEALTH, 'ends after max_failures'],
    'recovery.health_monitoring.cleanup_stale_allocations': [HEALTH, 'without cleanup_stale_allocations'],
    'recovery.system_recovery.enabled': [REPAIR, 'enabled: without it a damaged file'],
    'recovery.system_recovery.backup_corrupted_state': [REPAIR, 'backup_corrupted_state: without it'],
    'recovery.system_recovery.max_recovery_attempts': [REPAIR, 'max_recovery_attempts: so many starts fail'],
    end_grace_ms: ['process/run/killed-wrapper.test.ts', "ends the child's tree %s"],
    on_wrapper_death: [
      'process/run/killed-wrapper.test.ts',
      'leaves the server running: the lease follows it',
    ],
    on_session_death: ['process/hook/session.test.ts', 'servers that the user keeps go on'],
    names: [NAMES, 'is off for all by "names": false of the user'],
    http_port: [LAYERS, 'the TCP port of the file is the one the daemon listens on'],
    log_level: [LAYERS, 'the log level of the file is in force'],
  },
  project: {
    $schema: SCHEMA_KEY,
    extends: ['process/init/service-types.test.ts', 'takes a file, and what the file itself says wins'],
    'services.*.type': [SERVICES, 'what is told before anything runs'],
    'services.*.command': ['process/run/child.test.ts', 'is run by its name'],
    'services.*.port': [WISHES, 'only --port and port of the configuration mean exactly this one'],
    'services.*.prefer': [SERVICES, 'a wish of the configuration is told'],
    'services.*.env': [SERVICES, "env: ['MY_PORT', 'PORT']"],
    'services.*.args': [SERVICES, "args: ['--p', '{port}']"],
    'services.*.ifRunning': ['process/run/if-running.test.ts', 'without the option goes by "ifRunning"'],
    names: [NAMES, 'nor where nobody wants it'],
    'services.*.depends_on': [UP, 'in the order of depends_on'],
    'services.*.ready.port': [UP, 'listens on no port for ready as soon as it runs'],
    'services.*.ready.http': [UP, 'waits for an answer of a path'],
    'services.*.ready.output': [UP, 'prints lines with the name before them'],
    'services.*.ready.timeout': [UP, 'does not get ready in time'],
    'services.*.restart': [UP, 'where "restart" says so'],
    'env.*': [SERVICES, 'what is told before anything runs'],
    ...serviceType('service_types'),
    'service_types.*.port_range': [SERVICES, "a project's type is known to that project alone"],
    'service_types.*.preferred_ports': [TYPES, 'is laid over the type of that name'],
    'service_types.*.singleton_scope': [
      'contract/project-ports.test.ts',
      "a project's own type may run once: with the scope",
    ],
  },
};

interface Node {
  properties?: Record<string, Node>;
  additionalProperties?: Node | boolean;
}

/** The path of every value that can be written; names that users choose are `*`. */
function* leavesOf({ properties = {}, additionalProperties: named }: Node, path = ''): Generator<string> {
  const inner = Object.entries(properties);
  if (typeof named === 'object') inner.push(['*', named]);
  if (inner.length === 0) yield path;
  for (const [key, node] of inner) yield* leavesOf(node, path === '' ? key : `${path}.${key}`);
}

test.each<ConfigKind>(['user', 'project'])(
  'every setting of the %s configuration has a test that shows what it does',
  (kind) => {
    const settings = [...leavesOf(jsonSchemaOf(kind))];
    expect(settings.length).toBeGreaterThan(10);
    expect(settings.toSorted()).toEqual(Object.keys(PROOFS[kind]).toSorted());
    const missing = Object.values(PROOFS[kind]).filter(
      ([file, name]) => !readFileSync(join(root, file), 'utf8').includes(name),
    );
    expect(missing).toEqual([]);
  },
);
