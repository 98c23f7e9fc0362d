import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { Instant, Items } from '../../api/types';
import type { PeopleFilters } from '../people/filters';
import type { CareNeed, Category, PersonRow } from '../people/types';

/** What a change does to each selected person: exactly one of these. */
export type Deed = { category?: Category; add_need?: CareNeed; end_need?: CareNeed; on?: string };

/** How the record of somebody fares: `change`, `same`, or why not. */
export type Verdict = { verdict: string; count: number; samples: PersonRow[] };
export type BulkPreview = { selected: number; verdicts: Verdict[] };

export type Bulk = {
  id: string;
  deed: Deed;
  reason: string;
  state: 'running' | 'done' | 'undoing' | 'undone';
  selected: number;
  changed: number;
  same: number;
  refused: number;
  undone: number;
  kept: number;
  created_at: Instant;
  finished_at: Instant | null;
  undo_until: Instant;
  refusals?: Verdict[];
};

/** Whom a change is about: the rows ticked, or all that the list shows. */
export type Selection = { ids: string[] } | { filter: Record<string, unknown> };

/** The selection as the server is asked for it. */
export function selectionOf(ids: string[], all: boolean, filters: PeopleFilters, placeId: string): Selection {
  if (!all) return { ids };
  const filter: Record<string, unknown> = { place_id: placeId };
  for (const [key, value] of Object.entries(filters)) {
    if (key === 'updated_since') continue;
    const empty = value === undefined || value === false || (Array.isArray(value) && value.length === 0);
    if (!empty) filter[key] = value;
  }
  return { filter };
}

/** How many of a preview change, are so already, and are refused. */
export function tally(preview: BulkPreview) {
  const of = (verdict: string) => preview.verdicts.find((v) => v.verdict === verdict)?.count ?? 0;
  const change = of('change');
  const same = of('same');
  return { change, same, refused: preview.selected - change - same };
}

/** Verdicts that say why somebody is not changed. */
export const refusals = (verdicts: Verdict[]) => verdicts.filter((v) => v.verdict !== 'change' && v.verdict !== 'same');

/** Share that is done, in per cent. */
export function progress(b: Bulk): number {
  if (b.state === 'done' || b.state === 'undone') return 100;
  const [done, of] =
    b.state === 'undoing' ? [b.undone + b.kept, b.changed] : [b.changed + b.same + b.refused, b.selected];
  return of === 0 ? 0 : Math.floor((100 * done) / of);
}

export const isUnderWay = (b: Bulk) => b.state === 'running' || b.state === 'undoing';

export const bulkQuery = {
  list: () =>
    queryOptions({
      queryKey: ['bulk', 'list'],
      queryFn: ({ signal }) => api.get<Items<Bulk>>('/people/bulks', undefined, signal),
      refetchInterval: (query) => (query.state.data?.items.some(isUnderWay) ? 1000 : false),
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ['bulk', id],
      queryFn: ({ signal }) => api.get<Bulk>(`/people/bulks/${id}/state`, undefined, signal),
      refetchInterval: (query) => (query.state.data && !isUnderWay(query.state.data) ? false : 700),
    }),
};
