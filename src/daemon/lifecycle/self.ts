import type { StatusAnswer, RecoveryReport } from '../../protocol/answers/status.ts';
import { PROTOCOL, VERSION } from '../../protocol/version.ts';
import { ownNetwork } from '../../system/network-namespace.ts';
import type { PidFile } from '../../system/pid-file.ts';
import type { ConfigStore } from '../config/store.ts';
import type { Recovered } from '../ledger/recovery.ts';

/** What the daemon knows of itself. */
export interface Self {
  /** 0: none is wanted. */
  readonly wantedHttpPort: number;
  /** null: it is reached by its socket alone. */
  httpPort: number | null;
  readonly recovery: RecoveryReport;
  note(notice: string): void;
  /** All that is not as it should be, in words for people. */
  notices(): string[];
  status(): Omit<StatusAnswer, 'allocations' | 'instances' | 'recovery' | 'ranges'>;
}

/** @param previous who held this home before and never said that he ends */
export function createSelf(
  config: Pick<ConfigStore, 'settings' | 'notices'>,
  recovered: Pick<Recovered, 'notices' | 'report'>,
  previous: PidFile | undefined,
): Self {
  const startedAt = Date.now();
  const own = [...recovered.notices];
  const self: Self = {
    wantedHttpPort: config.settings().http_port,
    httpPort: null,
    recovery: { ...recovered.report, killed_before: endedSilently(previous) },
    note: (notice) => void own.push(notice),
    notices: () => [...config.notices(), ...own],
    status() {
      const { rss, heapUsed } = process.memoryUsage();
      return {
        running: true,
        pid: process.pid,
        version: VERSION,
        protocol: PROTOCOL,
        http_port: self.httpPort,
        http_port_wanted: self.wantedHttpPort,
        network: ownNetwork() ?? null,
        notices: self.notices(),
        uptime_ms: Date.now() - startedAt,
        memory: { rss, heap_used: heapUsed },
      };
    },
  };
  return self;
}

function endedSilently(previous: PidFile | undefined): RecoveryReport['killed_before'] {
  if (!previous) return null;
  const { pid, version, started_at } = previous;
  return { pid, version, started_at };
}
