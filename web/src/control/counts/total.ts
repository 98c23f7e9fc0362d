import type { DayCount } from '../../api/types';

/** What is typed for one area and day. An empty community figure is "not said", which differs from 0. */
export type TotalValues = {
  confirmed: number;
  reclassified: number;
  asymptomatic: number;
  found_in_community: number | null;
  imported: number;
  deaths: number;
};
export type Total = DayCount & { imported?: number };

/** New infections: each person once. */
export function infectionsOf(v: Pick<TotalValues, 'confirmed' | 'reclassified' | 'asymptomatic'>): number {
  return v.confirmed - v.reclassified + v.asymptomatic;
}

/** The sums under the table, and how many rows do not say what was found in the community. */
export function sumOf(rows: Total[]): TotalValues & { infections: number; unsaid: number } {
  const sum = { confirmed: 0, reclassified: 0, asymptomatic: 0, imported: 0, deaths: 0, infections: 0, unsaid: 0 };
  let community = 0;
  for (const row of rows) {
    sum.confirmed += row.confirmed;
    sum.reclassified += row.reclassified;
    sum.asymptomatic += row.asymptomatic;
    sum.imported += row.imported ?? 0;
    sum.deaths += row.deaths;
    sum.infections += infectionsOf(row);
    if (row.found_in_community === null) sum.unsaid++;
    else community += row.found_in_community;
  }
  return { ...sum, found_in_community: community };
}

/** Which rules a total breaks, by field. */
export function wrongIn(v: TotalValues): { field: keyof TotalValues; code: 'tooManyReclassified' | 'tooMany' }[] {
  const out: { field: keyof TotalValues; code: 'tooManyReclassified' | 'tooMany' }[] = [];
  if (v.reclassified > v.confirmed) out.push({ field: 'reclassified', code: 'tooManyReclassified' });
  const all = infectionsOf(v);
  if (v.found_in_community !== null && v.found_in_community > all)
    out.push({ field: 'found_in_community', code: 'tooMany' });
  if (v.imported > Math.max(0, all)) out.push({ field: 'imported', code: 'tooMany' });
  return out;
}
