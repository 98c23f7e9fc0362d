import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Items, List } from '../api/types';
import type { Import, ImportKind } from './types';
import { isOver } from './wizard';

export const importQuery = {
  kinds: () =>
    queryOptions({
      queryKey: ['import-kind'],
      queryFn: ({ signal }) => api.get<Items<ImportKind>>('/import-kinds', undefined, signal),
      staleTime: 3_600_000,
    }),
  list: () =>
    infiniteQueryOptions({
      queryKey: ['import', 'list'],
      queryFn: ({ pageParam, signal }) => api.get<List<Import>>('/imports', { cursor: pageParam, limit: 50 }, signal),
      initialPageParam: '',
      getNextPageParam: (page) => page.next_cursor || undefined,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ['import', id],
      queryFn: ({ signal }) => api.get<Import>(`/imports/${id}`, undefined, signal),
      // Progress survives closing the page; while it is open it is asked for every second.
      refetchInterval: ({ state }) => (state.data?.state === 'running' ? 1000 : false),
      staleTime: 10_000,
    }),
};

/** The answer is newer than what is cached, whatever live update says in between. */
export function isNewer(a: Import, b: Import | undefined): boolean {
  return !b || a.version >= b.version || isOver(a.state);
}
