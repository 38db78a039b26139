import type { RecoveryReport } from '../../protocol/answers/status.ts';

/** What the daemon repaired at its start, in words for people; nothing when all was as the last one left it. */
export function repairsOf(report: RecoveryReport): string[] {
  const { damaged_bytes, voided_by_reboot, dropped, orphaned, killed_before } = report;
  const parts: string[] = [];
  if (damaged_bytes > 0) parts.push(`${damaged_bytes} damaged bytes left out`);
  if (voided_by_reboot > 0) parts.push(`${voided_by_reboot} leases of before the reboot are void`);
  if (dropped > 0) parts.push(`${dropped} doubled leases dropped`);
  if (orphaned > 0) parts.push(`${orphaned} leases ended whose holder was gone`);
  if (killed_before) parts.push(`the daemon before (pid ${killed_before.pid}) was killed or crashed`);
  return parts;
}
