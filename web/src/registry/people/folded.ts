import type { AuditEntry } from '../../api/types';
import { instantDate } from '../../shared/day';

export type Folded = { entry: AuditEntry; count: number };

const changed = (entry: AuditEntry) => (entry.changes ?? []).some((c) => c.kind !== 'read');
const hour = (entry: AuditEntry) => Math.floor(instantDate(entry.at).getTime() / 3_600_000);

/**
 * Readings of the same person that follow each other within an hour are told once, with their
 * number: turning the pages of a file is one reading to whoever looks for what happened.
 * Changes and everything with a reason stand alone.
 */
export function folded(entries: AuditEntry[]): Folded[] {
  const out: Folded[] = [];
  for (const entry of entries) {
    const last = out.at(-1);
    const same =
      last !== undefined &&
      !changed(entry) &&
      !changed(last.entry) &&
      entry.reason === '' &&
      last.entry.reason === '' &&
      last.entry.actor_id === entry.actor_id &&
      last.entry.operation === entry.operation &&
      last.entry.outcome === entry.outcome &&
      hour(last.entry) === hour(entry);
    if (same) last.count++;
    else out.push({ entry, count: 1 });
  }
  return out;
}
