import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { Day, Figures } from '../../api/types';
import { windowSum } from './timeWindow';

/** A place with its infections, day by day. Places without any in the range are not listed. */
export type MapPlace = {
  place_id: string;
  path: string;
  name: string;
  name_en?: string;
  lon: number | null;
  lat: number | null;
  series: number[];
  community: number[];
  figures: Figures;
};
export type MapDays = { level: string; days: Day[]; items: MapPlace[]; elsewhere: number };

/** What one place shows for the chosen window. Class figures are known once the server has counted the window. */
export type PlaceWindow = {
  id: string;
  path: string;
  name: string;
  name_en: string;
  lon: number | null;
  lat: number | null;
  infections: number;
  community: number;
  /** Confirmed when first counted: with the asymptomatic they add up to the infections. */
  confirmed: number | null;
  asymptomatic: number | null;
  /** Asymptomatic ones of earlier who became confirmed: they were counted then. */
  reclassified: number | null;
};

type At = { incident_id: string; place_id: string; level: string; from: Day; to: Day };

/** Infections by place: of the whole incident for the slider, and of one window for its classes. */
export const mapQuery = (at: At) =>
  queryOptions({
    queryKey: ['situation', 'map', at],
    queryFn: ({ signal }) => api.get<MapDays>('/situation/map', at, signal),
    enabled: !!at.place_id && at.from <= at.to,
    staleTime: 60_000,
  });

/** The places with infections in the window that ends at a position of the days, with their classes where known. */
export function placesAt(days: MapDays | undefined, end: number, length: number, window?: MapDays): PlaceWindow[] {
  const counted = new Map((window?.items ?? []).map((p) => [p.place_id, p.figures]));
  const out: PlaceWindow[] = [];
  for (const p of days?.items ?? []) {
    const infections = windowSum(p.series, end, length);
    const figures = counted.get(p.place_id);
    if (infections === 0 && !figures?.reclassified) continue;
    const known = figures !== undefined && figures.infections === infections;
    out.push({
      id: p.place_id,
      path: p.path,
      name: p.name,
      name_en: p.name_en ?? '',
      lon: p.lon,
      lat: p.lat,
      infections,
      community: windowSum(p.community, end, length),
      confirmed: known ? figures.confirmed - figures.reclassified : null,
      asymptomatic: known ? figures.asymptomatic : null,
      reclassified: known ? figures.reclassified : null,
    });
  }
  return out;
}

/** The name of the nearest places above a path, nearest first: 云盛雅居 · 杏信社区. */
export function aboveOf(path: string, names: Map<string, string>, most = 2): string[] {
  const out: string[] = [];
  const parts = path.split('.').slice(0, -1);
  for (let n = parts.length - 1; n > 0 && out.length < most; n--) {
    const name = names.get(`${parts.slice(0, n).join('.')}.`);
    if (name) out.push(name);
  }
  return out;
}

/** The number a place is shaded and sized by. */
export function shown(p: PlaceWindow, found: 'all' | 'community'): number {
  return found === 'community' ? p.community : p.infections;
}
