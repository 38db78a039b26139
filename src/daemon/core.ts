import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { UserConfig } from '../settings/schema.ts';
import type { EventBus } from './ledger/events.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { State } from './ledger/state.ts';
import type { Machine } from './machine/facts.ts';
import type { Observer } from './machine/observer.ts';

/** What every part of the engine works with. */
export interface Core {
  /** The tables, to read. */
  readonly state: State;
  /** The only way to change them. */
  readonly ledger: Ledger;
  readonly machine: Machine;
  readonly observer: Observer;
  /** Those in force; they change while the daemon runs. */
  readonly settings: () => UserConfig;
  readonly events: EventBus;
  readonly clock: Clock;
  /** A clock that never jumps, for pauses and periods. ms since some moment. */
  readonly uptime: Clock;
  readonly newId: () => string;
  readonly log: Logger;
}
