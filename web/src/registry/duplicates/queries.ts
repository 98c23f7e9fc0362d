import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import { asProblem } from '../../api/problem';
import type { List } from '../../api/types';
import type { Merge, Pair, QueueState, Sides, Sweep } from './types';

const PAGE = 50;
/** While a search runs, how often its progress is asked for. */
const SWEEP_POLL = 2000;

export const duplicateQuery = {
  list: (place_id: string, state: QueueState) =>
    infiniteQueryOptions({
      queryKey: ['duplicate', 'list', place_id, state],
      queryFn: ({ pageParam, signal }) =>
        api.get<List<Pair>>('/people/duplicates', { place_id, state, cursor: pageParam, limit: PAGE }, signal),
      initialPageParam: '',
      getNextPageParam: (page) => page.next_cursor || undefined,
      enabled: !!place_id,
    }),
  /** Every opening is recorded in both files, so nothing is asked ahead or again for nothing. */
  sides: (id: string, version: number) =>
    queryOptions({
      queryKey: ['duplicate-sides', id, version],
      queryFn: ({ signal }) => api.get<Sides>(`/people/duplicates/${id}/sides`, undefined, signal),
      enabled: !!id,
      staleTime: 120_000,
      refetchOnWindowFocus: false,
      retry: false,
    }),
  merges: (place_id: string) =>
    infiniteQueryOptions({
      queryKey: ['duplicate', 'merges', place_id],
      queryFn: ({ pageParam, signal }) =>
        api.get<List<Merge>>('/people/merges', { place_id, cursor: pageParam, limit: PAGE }, signal),
      initialPageParam: '',
      getNextPageParam: (page) => page.next_cursor || undefined,
      enabled: !!place_id,
    }),
  /** The newest search that covers the place; null when nobody has searched yet. */
  sweep: (place_id: string) =>
    queryOptions({
      queryKey: ['duplicate', 'sweep', place_id],
      queryFn: async ({ signal }) => {
        try {
          return await api.get<Sweep>('/people/duplicates/sweep', { place_id }, signal);
        } catch (error) {
          if (asProblem(error).code === 'people.no_sweep') return null;
          throw error;
        }
      },
      enabled: !!place_id,
      refetchInterval: (query) => (query.state.data?.state === 'running' ? SWEEP_POLL : false),
    }),
};
