import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Paths } from '../system/paths.ts';
import type { PidFile } from '../system/pid-file.ts';
import { countRecoveries } from './answers/status.ts';
import { watchExternals } from './answers/watch-externals.ts';
import { openConfigStore, type ConfigStore } from './config/store.ts';
import { createConfigWriter } from './config/writer.ts';
import { createEngine, type Engine } from './engine.ts';
import { createIntern } from './grants/intern.ts';
import { createMemory } from './grants/memory.ts';
import type { ToldPorts } from './grants/told.ts';
import { createHolders } from './holders/holders.ts';
import { createEventBus, tellOfLeases, type EventBus } from './ledger/events.ts';
import { openJournal, type Journal } from './ledger/journal.ts';
import { createLedger } from './ledger/ledger.ts';
import { createQueue } from './ledger/queue.ts';
import { recover } from './ledger/recovery.ts';
import { createState, recordsOf } from './ledger/state.ts';
import { createSelf, type Self } from './lifecycle/self.ts';
import { createMachine, type Machine } from './machine/facts.ts';
import { createHealth } from './machine/health.ts';
import { portsOfMarked } from './machine/marked-ports.ts';
import { createObserver } from './machine/observer.ts';
import { createStates } from './machine/states.ts';
import { createNewcomers } from './machine/newcomers.ts';
import { createSweep } from './machine/sweep.ts';
import { createFileLogger } from './reports/log.ts';
import { createReports, type DaemonReports } from './reports/reports.ts';
import { endServersOfKilledAgents } from './sessions.ts';

/** What a daemon starts from, once the home is its own. */
export interface Home {
  readonly paths: Paths;
  readonly env: NodeJS.ProcessEnv;
  readonly boot: string;
  /** The daemon that held this home before, if it ended without releasing it. */
  readonly previous: PidFile | undefined;
}

/** What tests may put in the place of the world. */
export interface Seams {
  readonly clock: Clock;
  /** A clock that never jumps. ms since some moment. */
  readonly uptime: Clock;
  readonly newId: () => string;
  readonly machine: Machine;
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

const theWorld = (env: NodeJS.ProcessEnv): Seams => ({
  clock: Date.now,
  uptime: () => performance.now(),
  newId: randomUUID,
  machine: createMachine(env),
});

/**
 * The coordinator, with all that the last daemon of this home has left. Nobody can reach it yet.
 * @throws StyxyError STATE_UNWRITABLE
 */
export async function assemble({ paths, env, boot, previous }: Home, seams?: Partial<Seams>): Promise<Parts> {
  const world: Seams = { ...theWorld(env), ...seams };
  const { clock, machine } = world;
  const config = openConfigStore(paths.config, env);
  const { settings, catalog } = config;
  const { http_port: httpPort, log_level: logLevel, recovery } = settings();
  const log = createFileLogger(paths.log, logLevel);
  const events = createEventBus(clock);
  const reports = createReports({ events, paths, catalog, clock, log });
  const recovered = recover(paths, boot, recovery.system_recovery);
  const backoff = (): number => settings().recovery.port_conflict.backoff_multiplier;
  const state = createState(catalog, httpPort, recovered, backoff);
  if (recovered.isFresh)
    for (const port of await portsOfMarked(paths.root)) state.quarantine.add(port, clock());
  const journal = await openJournal(paths.state, boot, () => recordsOf(state));
  const self = createSelf(config, recovered, previous);

  const ledger = createLedger({ state, journal, clock, log });
  const observer = createObserver(machine, state.leases, clock, state.reserved);
  observer.onObservation(reports.sawMachine);
  ledger.subscribe({ ended: ({ id }) => machine.noteEnd(id) });
  const core = { ...world, state, ledger, observer, settings, events, log };
  const states = createStates(core);
  const sweep = createSweep({ ...core, states });
  const newcomers = createNewcomers({ ...core, states });
  const health = createHealth(core);
  const holders = createHolders(core, states, health);
  endServersOfKilledAgents(holders);
  const told: ToldPorts = new Map();
  const engine = createEngine({
    ...holders,
    sweep,
    newcomers,
    health,
    queue: createQueue(),
    intern: createIntern(),
    reasons: new Map(),
    config,
    home: paths.home,
    configFile: paths.config,
    writer: createConfigWriter(paths, config),
    told,
    memory: createMemory({ ...core, told }),
    counts: countRecoveries(events),
    self,
  });
  watchExternals(core);
  tellOfLeases(ledger, events, log);
  return { config, log, events, reports, journal, engine, self };
}
