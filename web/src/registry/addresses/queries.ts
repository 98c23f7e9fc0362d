import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { MatchList, MatchState } from './types';

const PAGE = 50;

export const addressQuery = {
  list: (place_id: string, state: MatchState, reason: string | undefined) =>
    infiniteQueryOptions({
      queryKey: ['address', 'list', place_id, state, reason ?? ''],
      queryFn: ({ pageParam, signal }) =>
        api.get<MatchList>('/addresses', { place_id, state, reason, cursor: pageParam, limit: PAGE }, signal),
      initialPageParam: '',
      getNextPageParam: (page) => page.next_cursor || undefined,
      enabled: !!place_id,
    }),
};
