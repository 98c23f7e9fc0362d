import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { AuditEntry, Case, Day, Instant, Items, List, Text } from '../../api/types';
import type { CaseSearch } from './filters';

export type CaseEvent = {
  on?: Day;
  at?: Instant | null;
  kind: string;
  title: Text;
  detail?: string;
  by_name?: string;
  ref?: unknown;
};
export type Identity = { name: string; phone: string; id_number: string; address_note?: string; address?: string };

/** What a list of cases is asked by: the address's filters, in the incident and place of the frame. */
export type CaseQuestion = CaseSearch & { incident_id: string; place_id: string; sort?: string };

const PAGE = 100;

export const caseQuery = {
  list: (question: CaseQuestion) =>
    infiniteQueryOptions({
      queryKey: ['case', 'list', question],
      queryFn: ({ pageParam, signal }) =>
        api.get<List<Case>>('/cases', { ...question, cursor: pageParam, limit: PAGE }, signal),
      initialPageParam: '',
      getNextPageParam: (page) => page.next_cursor || undefined,
      enabled: !!question.incident_id && !!question.place_id,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: ['case', id],
      queryFn: ({ signal }) => api.get<Case>(`/cases/${id}`, undefined, signal),
      enabled: !!id,
    }),
  chronology: (id: string) =>
    queryOptions({
      queryKey: ['case', id, 'chronology'],
      queryFn: ({ signal }) => api.get<Items<CaseEvent>>(`/cases/${id}/chronology`, undefined, signal),
    }),
  history: (id: string) =>
    queryOptions({
      queryKey: ['audit', 'case', id],
      queryFn: ({ signal }) => api.get<Items<AuditEntry>>(`/cases/${id}/history`, undefined, signal),
    }),
};
