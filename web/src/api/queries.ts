import { queryOptions } from '@tanstack/react-query';
import { api } from './client';
import type {
  Clearance,
  ClearanceTimeline,
  DayCount,
  Incident,
  Items,
  List,
  Me,
  Pack,
  PackDetail,
  Phase,
  Place,
  PlaceDetail,
  PlaceRow,
  Role,
  Round,
  Series,
  Situation,
  SituationPlaces,
} from './types';

/** Where and when a figure is asked for. */
export type At = { incident_id: string; place_id: string; on: string };
export type Span = { incident_id: string; place_id: string; from: string; to: string };

const get =
  <T>(path: string, query?: Record<string, string | number | boolean | undefined>) =>
  ({ signal }: { signal: AbortSignal }) =>
    api.get<T>(path, query, signal);

/** The server names the places above a place `above`, and writes null for none. */
async function placeDetail(id: string, signal: AbortSignal): Promise<PlaceDetail> {
  const raw = await api.get<Omit<PlaceDetail, 'ancestors'> & { above: Place[] | null }>(
    `/places/${id}`,
    undefined,
    signal,
  );
  return { ...raw, ancestors: raw.above ?? [], child_levels: raw.child_levels ?? [] };
}

/**
 * Queries that more than one page asks. The first element of a key is the kind
 * that live updates name ("case", "import" …), so that a change refreshes what shows it.
 */
export const q = {
  me: () => queryOptions({ queryKey: ['session'], queryFn: get<Me>('/session'), staleTime: 60_000, retry: false }),
  incidents: () => queryOptions({ queryKey: ['incident', 'list'], queryFn: get<List<Incident>>('/incidents') }),
  phases: (incident_id: string, place_id?: string) =>
    queryOptions({
      queryKey: ['phase', incident_id, place_id],
      queryFn: get<Items<Phase>>(`/incidents/${incident_id}/phases`, { place_id }),
      enabled: !!incident_id,
    }),
  place: (id: string) =>
    queryOptions({
      queryKey: ['place', id],
      queryFn: ({ signal }) => placeDetail(id, signal),
      enabled: !!id,
      staleTime: 300_000,
    }),
  children: (parent_id: string) =>
    queryOptions({
      queryKey: ['place', 'children', parent_id],
      queryFn: get<List<PlaceRow>>('/places', { parent_id, limit: 500 }),
      enabled: !!parent_id,
      staleTime: 300_000,
    }),
  findPlaces: (text: string) =>
    queryOptions({
      queryKey: ['place', 'search', text],
      queryFn: get<List<PlaceRow>>('/places', { q: text, limit: 20 }),
      enabled: text.trim() !== '',
      staleTime: 60_000,
    }),
  situation: (at: At) => queryOptions({ queryKey: ['situation', at], queryFn: get<Situation>('/situation', at) }),
  series: (span: Span, by: 'report' | 'onset') =>
    queryOptions({
      queryKey: ['situation', 'series', span, by],
      queryFn: get<Series>('/situation/series', { ...span, by }),
    }),
  byPlace: (at: At, level?: string) =>
    queryOptions({
      queryKey: ['situation', 'places', at, level],
      queryFn: get<SituationPlaces>('/situation/places', { ...at, level }),
    }),
  clearance: (at: At, overlays?: string) =>
    queryOptions({ queryKey: ['clearance', at, overlays], queryFn: get<Clearance>('/clearance', { ...at, overlays }) }),
  clearanceDays: (span: Span) =>
    queryOptions({
      queryKey: ['clearance', 'timeline', span],
      queryFn: get<ClearanceTimeline>('/clearance/timeline', span),
    }),
  rounds: (incident_id: string, place_id: string) =>
    queryOptions({
      queryKey: ['round', incident_id, place_id],
      queryFn: get<Items<Round>>('/rounds', { incident_id, place_id }),
    }),
  counts: (span: Span) => queryOptions({ queryKey: ['count', span], queryFn: get<Items<DayCount>>('/counts', span) }),
  packs: () => queryOptions({ queryKey: ['pack', 'list'], queryFn: get<Items<Pack>>('/packs'), staleTime: 3_600_000 }),
  pack: (id: string, overlays: string[], on?: string) =>
    queryOptions({
      queryKey: ['pack', id, overlays, on],
      queryFn: get<PackDetail>(`/packs/${encodeURIComponent(id)}`, { overlays: overlays.join(','), on }),
      enabled: !!id,
    }),
  roles: () => queryOptions({ queryKey: ['role'], queryFn: get<Items<Role>>('/roles'), staleTime: 3_600_000 }),
};
