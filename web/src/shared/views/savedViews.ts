import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { Items } from '../../api/types';

/** Filters as they stand in the address of a list. Undefined is not set. */
export type Filters = Record<string, string | undefined>;

/** A list that somebody has put together. A shared one is seen by whoever works at its place, above it or below it. */
export type SavedView = {
  id: string;
  list: string;
  name: string;
  query: string;
  layout: string;
  shared: boolean;
  place_id: string;
  owner_name: string;
  mine: boolean;
  default: boolean;
  version: number;
};

/** Parameters that belong to the moment and not to the view: where one stands, what is open, what somebody looked for. */
const MOMENTARY = ['incident', 'place', 'open', 'cursor', 'tab', 'q'];

/** The query of a view: sorted, so that equal filters are equal texts, and without what belongs to the moment. */
export function queryOf(filters: Filters): string {
  const search = new URLSearchParams();
  for (const key of Object.keys(filters).sort()) {
    const value = filters[key];
    if (value && !MOMENTARY.includes(key)) search.set(key, value);
  }
  return search.toString();
}

/** The filters of a view; whatever else is set now is named as undefined, so that it goes. */
export function filtersOf(view: Pick<SavedView, 'query'>, now: Filters): Filters {
  const out: Filters = {};
  for (const key of Object.keys(now)) if (!MOMENTARY.includes(key) || key === 'q') out[key] = undefined;
  for (const [key, value] of new URLSearchParams(view.query)) if (!MOMENTARY.includes(key)) out[key] = value;
  return out;
}

/** The view that shows exactly the filters of now: the caller's own before shared ones. */
export function shownView(views: SavedView[], now: Filters): SavedView | undefined {
  const query = queryOf(now);
  if (now.q) return undefined;
  return views.find((v) => v.query === query && v.mine) ?? views.find((v) => v.query === query);
}

export const viewQuery = {
  of: (list: string) =>
    queryOptions({
      queryKey: ['view', list],
      queryFn: ({ signal }) => api.get<Items<SavedView>>('/views', { list }, signal),
      staleTime: 60_000,
    }),
};
