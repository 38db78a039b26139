import { randomUUID } from 'node:crypto';
import type { Logger } from '../base/log.ts';
import type { Paths } from '../system/paths.ts';
import { readEphemeralPorts } from '../system/ports/ephemeral.ts';
import { ageOf, identify, isAlive } from '../system/process/identity.ts';
import { endProcesses } from '../system/process/kill-tree.ts';
import { isDescendant, parentOf } from '../system/process/tree.ts';
import { openConfigStore, type ConfigStore } from './config/store.ts';
import { createConfigWriter } from './config/writer.ts';
import { createEngine, type Engine, type EngineParts } from './engine.ts';
import { createEventBus, type EventBus } from './ledger/events.ts';
import { openJournal, type Journal } from './ledger/journal.ts';
import { createMachine } from './machine/facts.ts';
import { createObserver } from './machine/observer.ts';
import { createProcessFinder } from './machine/started-for.ts';
import { createProvisioner } from './grants/provision.ts';
import { recover } from './ledger/recovery.ts';
import { createFileLogger } from './reports/log.ts';
import { createReports, type DaemonReports } from './reports/reports.ts';
import { createSelf, type Self } from './lifecycle/self.ts';
import type { SoleInstance } from './lifecycle/sole-instance.ts';
import { createState, recordsOf, type State } from './ledger/state.ts';

/** What a daemon starts from, once the home is its own. */
export interface Home {
  readonly paths: Paths;
  readonly env: NodeJS.ProcessEnv;
  readonly boot: string;
  readonly lock: SoleInstance;
}

/** What a daemon is made of. */
export interface Parts {
  readonly config: ConfigStore;
  readonly log: Logger;
  readonly events: EventBus;
  readonly reports: DaemonReports;
  readonly journal: Journal;
  readonly engine: Engine;
  readonly self: Self;
}

/**
 * The coordinator, with all that the last daemon of this home has left. Nobody can reach it yet.
 * @throws StyxyError STATE_UNWRITABLE
 */
export async function assemble({ paths, env, boot, lock }: Home): Promise<Parts> {
  const config = openConfigStore(paths.config, env);
  const { http_port: httpPort, log_level: logLevel, recovery } = config.settings();
  const log = createFileLogger(paths.log, logLevel);
  const events = createEventBus(Date.now);
  const reports = createReports({ events, paths, catalog: config.catalog, clock: Date.now, log });
  const recovered = recover(paths, boot, recovery.system_recovery);
  const backoff = (): number => config.settings().recovery.port_conflict.backoff_multiplier;
  const sources = createState(config.catalog, httpPort, recovered, backoff);
  const journal = await openJournal(paths.state, boot, () => recordsOf(sources));
  const self = createSelf(config, recovered, lock.previous);
  const machine = machineFor(sources, env);
  machine.observer.onLook(reports.sawMachine);
  const engine = createEngine({
    sources,
    journal,
    log,
    clock: Date.now,
    newId: randomUUID,
    provisioner: createProvisioner({
      sources,
      log,
      config,
      configFile: paths.config,
      writer: createConfigWriter(paths, config),
      events,
      ephemeralPorts: async () => (await readEphemeralPorts()).range,
    }),
    ...machine,
    settings: config.settings,
    config: config.describe,
    events,
    status: self.status,
  });
  return { config, log, events, reports, journal, engine, self };
}

/** The facts and effects of this machine that the engine needs. */
function machineFor(
  { leases, reserved }: State,
  env: NodeJS.ProcessEnv,
): Pick<EngineParts, 'isPortFree' | 'observer' | 'processes'> {
  const seen = createMachine(env);
  return {
    isPortFree: seen.isPortFree,
    observer: createObserver(seen, leases, Date.now, reserved),
    processes: {
      identify,
      isAlive,
      isDescendant,
      parentOf,
      ageOf,
      processesOf: createProcessFinder(),
      endProcesses: (list, graceMs) => endProcesses(list, { graceMs }),
    },
  };
}
