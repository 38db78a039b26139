import type { ExitStatus } from '../system/process/exit-status.ts';
import type { RunPorts } from '../run/leases/obtain.ts';

/** A service that can be used. */
export interface ReadyService {
  name: string;
  allocation: RunPorts['allocation'];
  /** All of its ports, by name. */
  ports: Record<string, number>;
  /** The wrapper; null: somebody else has started it. */
  pid: number | null;
  /** It ran before. */
  existing: boolean;
  /** From its start until it was ready; 0 for one that ran before. */
  afterMs: number;
}

/** What happens to services, in the order in which it happens. */
export type UpEvent =
  | { event: 'starting'; service: string; because: string }
  | { event: 'started'; service: string; allocation: RunPorts['allocation']; pid: number }
  | { event: 'output'; service: string; line: string }
  | { event: 'ready'; service: string; ready: ReadyService }
  | {
      event: 'restarting';
      service: string;
      status: ExitStatus;
      attempt: number;
      most: number;
      pauseMs: number;
    }
  /** Somebody has asked for it; `again`: it is started anew. */
  | { event: 'stopped'; service: string; again: boolean }
  | { event: 'ending'; service: string }
  /** Because we have asked for it. */
  | { event: 'ended'; service: string };

export type TellUp = (event: UpEvent) => void;
