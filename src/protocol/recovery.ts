/** What the daemon found at its start and did about it; part of `GET /status`, the log and the `daemon_started` event. */
export interface RecoveryReport {
  /** Leases taken over from the last daemon. */
  leases: number;
  /** Bytes of the state file that belonged to no intact record. */
  damaged_bytes: number;
  /** Where a damaged or unreadable state file is kept. */
  kept_aside: string | null;
  /** Leases of an earlier boot of the machine: void, since no holder can live. */
  voided_by_reboot: number;
  /** Leases that a later lease on the same port had replaced. */
  dropped: number;
  /** Leases whose holder ended, or whose time was over, while no daemon ran. */
  orphaned: number;
  /** The daemon before, when it ended without a word: killed, crashed, or with the machine. */
  killed_before: { pid: number; version: string; started_at: string } | null;
}
