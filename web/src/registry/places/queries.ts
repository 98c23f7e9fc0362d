import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { List, PlaceRow } from '../../api/types';

const PAGE = 200;

/** Places directly below a place, or the top of what the person may see; or those that match a text. */
export const placeList = (parent_id: string | undefined, text: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['place', 'browse', parent_id, text],
    queryFn: ({ pageParam, signal }) =>
      api.get<List<PlaceRow>>(
        '/places',
        text ? { q: text, limit: 100 } : { parent_id, cursor: pageParam, limit: PAGE },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  });
