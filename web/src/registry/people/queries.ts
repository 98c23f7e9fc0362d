import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { AuditEntry, Case, Items, List } from '../../api/types';
import type { PeopleSearch } from './filters';
import type { Household, HouseholdRow, Person, PersonEvent, PersonHits, PersonRow } from './types';

export type PeopleQuestion = PeopleSearch & { place_id: string; sort?: string };
/** The server answers lists in pages of this many rows. */
const PAGE = 200;
/** Shorter texts would match half a city. */
export const SEARCH_FROM = 2;

export const peopleQuery = {
  list: (question: PeopleQuestion) =>
    infiniteQueryOptions({
      queryKey: ['person', 'list', question],
      queryFn: ({ pageParam, signal }) =>
        api.get<List<PersonRow>>('/people', { ...question, cursor: pageParam, limit: PAGE }, signal),
      initialPageParam: '',
      getNextPageParam: (page) => page.next_cursor || undefined,
      enabled: !!question.place_id,
    }),
  /** Asked in the body, so that no name stands in an address or a log. */
  search: (text: string, limit: number, place_id?: string) =>
    queryOptions({
      queryKey: ['person', 'search', text, limit, place_id],
      queryFn: ({ signal }) => api.post<PersonHits>('/people/search', { q: text, limit, place_id }, { signal }),
      enabled: [...text].length >= SEARCH_FROM,
      staleTime: 20_000,
      gcTime: 60_000,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ['person', id],
      queryFn: ({ signal }) => api.get<Person>(`/people/${id}`, undefined, signal),
      enabled: !!id,
      // Every opening is recorded in the person's file: looking away and back is not another opening.
      staleTime: 120_000,
      refetchOnWindowFocus: false,
    }),
  chronology: (id: string) =>
    queryOptions({
      queryKey: ['person', id, 'chronology'],
      queryFn: ({ signal }) => api.get<Items<PersonEvent>>(`/people/${id}/chronology`, undefined, signal),
      staleTime: 60_000,
      refetchOnWindowFocus: false,
    }),
  history: (id: string) =>
    queryOptions({
      queryKey: ['audit', 'person', id],
      queryFn: ({ signal }) => api.get<Items<AuditEntry>>(`/people/${id}/history`, undefined, signal),
      refetchOnWindowFocus: false,
    }),
  /** Cases of a person, or of all at a door, for those who may see cases. */
  cases: (incident_id: string | undefined, of: { person_id: string } | { place_id: string }) =>
    queryOptions({
      queryKey: ['case', 'of', incident_id, of],
      queryFn: ({ signal }) => api.get<List<Case>>('/cases', { incident_id, ...of, limit: 100 }, signal),
      enabled: !!incident_id,
    }),
  household: (placeId: string) =>
    queryOptions({
      queryKey: ['person', 'household', placeId],
      queryFn: ({ signal }) => api.get<Household>(`/households/${placeId}`, undefined, signal),
      enabled: !!placeId,
      staleTime: 60_000,
    }),
  /** The doors below a place, such as a unit. */
  doors: (placeId: string, limit: number) =>
    queryOptions({
      queryKey: ['person', 'households', placeId, limit],
      queryFn: ({ signal }) => api.get<List<HouseholdRow>>('/households', { place_id: placeId, limit }, signal),
      enabled: !!placeId,
      staleTime: 60_000,
    }),
};
