import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Geometry } from 'geojson';
import { api } from '../../api/client';
import { asProblem } from '../../api/problem';
import type { Day, Items, List } from '../../api/types';
import type { Around, ChangeKind, Effect, FoundPlace, PlaceEvent, PlaceThen } from './types';

const PAGE = 200;

/** Places directly below a place, or the top of what the person may see; or those that match a text, former ones too. */
export const placeList = (parent_id: string | undefined, text: string | undefined, within?: string, level?: string) =>
  infiniteQueryOptions({
    queryKey: ['place', 'browse', parent_id, text, within, level],
    queryFn: ({ pageParam, signal }) =>
      api.get<List<FoundPlace>>(
        '/places',
        text
          ? { q: text, limit: 100, retired: true, parent_id: within, level }
          : { parent_id, cursor: pageParam, limit: PAGE },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor || undefined,
  });

export const placeHistory = (id: string) =>
  queryOptions({
    queryKey: ['place', id, 'history'],
    queryFn: ({ signal }) => api.get<Items<PlaceEvent>>(`/places/${id}/history`, undefined, signal),
  });

export const placeAround = (id: string) =>
  queryOptions({
    queryKey: ['place', id, 'around'],
    queryFn: ({ signal }) => api.get<Around>(`/places/${id}/around`, undefined, signal),
    staleTime: 60_000,
  });

/** The outline or point of a place; null when it is not known where it is. */
export const placeGeometry = (id: string) =>
  queryOptions({
    queryKey: ['place', id, 'geometry'],
    queryFn: async ({ signal }): Promise<Geometry | null> => {
      try {
        return await api.get<Geometry>(`/places/${id}/geometry`, undefined, signal);
      } catch (error) {
        if (asProblem(error).code === 'places.no_geometry') return null;
        throw error;
      }
    },
    staleTime: 0,
  });

export const placeAsOf = (id: string, on: Day) =>
  queryOptions({
    queryKey: ['place', id, 'as-of', on],
    queryFn: ({ signal }) => api.get<PlaceThen>(`/places/${id}/as-of`, { on }, signal),
    enabled: on !== '',
  });

export type Plan = { kind: ChangeKind; parent_id?: string; others?: string[]; children?: string[] };

/** What would follow a change. It is asked for again whenever the plan changes. */
export const placePreview = (id: string, plan: Plan, enabled: boolean) =>
  queryOptions({
    queryKey: ['place', id, 'preview', plan],
    queryFn: () => api.post<Effect>(`/places/${id}/preview`, plan),
    enabled,
    staleTime: 0,
    retry: false,
  });
