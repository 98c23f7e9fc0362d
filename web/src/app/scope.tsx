import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import { asProblem } from '../api/problem';
import { q } from '../api/queries';
import type { Day, Incident, MyGrant, Phase, PlaceDetail } from '../api/types';
import { addDays, isDay, today } from '../shared/day';
import { ErrorPage } from './ErrorPages';
import { Loading } from './Loading';
import { useMe } from './session';

/** What every page is about: one incident, one place with everything below it, and the day that is looked at. */
export type Scope = {
  incident: Incident | undefined;
  incidents: Incident[];
  placeId: string;
  place: PlaceDetail | undefined;
  /** The phase in force at the place, or at the nearest place above it that has one. */
  phase: Phase | undefined;
  /** The day in the URL, or the default one. */
  on: Day;
  /** Newest day worth looking at: yesterday, or the last day with records when that is earlier. */
  defaultDay: Day;
  setIncident: (id: string) => void;
  setPlace: (id: string) => void;
  setDay: (on: Day) => void;
};

const ScopeContext = createContext<Scope | null>(null);

export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (!scope) throw new Error('useScope outside the frame');
  return scope;
}

export function defaultDayOf(
  incident: Pick<Incident, 'time_zone' | 'last_record_on' | 'started_on'> | undefined,
  now?: Date,
): Day {
  const zone = incident?.time_zone ?? 'Asia/Shanghai';
  const yesterday = addDays(today(zone, now), -1);
  const last = incident?.last_record_on;
  const day = last && last < yesterday ? last : yesterday;
  return incident && day < incident.started_on ? incident.started_on : day;
}

/** The whole incident for who may see it, else the widest of one's own places in it. */
export function startingPlace(
  incident: Pick<Incident, 'place_id' | 'place_path'>,
  grants: Pick<MyGrant, 'place_id' | 'place_path'>[],
): string {
  if (grants.some((g) => incident.place_path.startsWith(g.place_path))) return incident.place_id;
  const inside = grants.filter((g) => g.place_path.startsWith(incident.place_path));
  const widest = [...inside].sort((a, b) => a.place_path.length - b.place_path.length)[0];
  return widest?.place_id ?? incident.place_id;
}

/** The phase in force at a path on a day: the place's own, or that of the nearest place above it. */
export function phaseAt(phases: Phase[], path: string, on: Day): Phase | undefined {
  return phases
    .filter((p) => path.startsWith(p.place_path) && p.starts_on <= on && (!p.ends_on || p.ends_on >= on))
    .sort((a, b) => b.place_path.length - a.place_path.length || (a.starts_on < b.starts_on ? 1 : -1))[0];
}

export function ScopeProvider({ children }: { children: ReactNode }) {
  const me = useMe();
  const search = useSearch({ strict: false }) as { incident?: string; place?: string; on?: string };
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const list = useQuery({ ...q.incidents(), enabled: me.grants.length > 0 });
  const incidents = list.data?.items ?? [];
  const incident =
    incidents.find((i) => i.id === search.incident) ?? incidents.find((i) => i.status === 'active') ?? incidents[0];

  const fallback = incident ? startingPlace(incident, me.grants) : '';
  const placeId = search.place || fallback;
  const place = useQuery(q.place(placeId));
  const phases = useQuery(q.phases(incident?.id ?? ''));
  const defaultDay = defaultDayOf(incident);
  const on = isDay(search.on) ? search.on : defaultDay;

  const lost = place.isError && asProblem(place.error).status === 404 && placeId !== fallback && fallback !== '';
  const incidentId = incident?.id;
  useEffect(() => {
    if (!incidentId || !placeId) return;
    if (search.incident === incidentId && search.place === placeId && !lost) return;
    // The path is named, because '.' means the root on a page that does not exist.
    void navigate({
      to: pathname as '/',
      replace: true,
      hash: true,
      search: (s) => ({ ...s, incident: incidentId, place: lost ? fallback : placeId }),
    });
  }, [incidentId, placeId, lost, fallback, search.incident, search.place, pathname, navigate]);

  const scope = useMemo<Scope>(() => {
    return {
      incident,
      incidents,
      placeId,
      place: place.data,
      phase: place.data && phaseAt(phases.data?.items ?? [], place.data.path, on),
      on,
      defaultDay,
      setIncident: (id) => {
        const next = incidents.find((i) => i.id === id);
        void navigate({ to: '.', search: (s) => ({ ...s, incident: id, place: next?.place_id, on: undefined }) });
      },
      setPlace: (id) => void navigate({ to: '.', search: (s) => ({ ...s, place: id }) }),
      setDay: (day) =>
        void navigate({ to: '.', replace: true, search: (s) => ({ ...s, on: day === defaultDay ? undefined : day }) }),
    };
  }, [incident, incidents, placeId, place.data, phases.data, on, defaultDay, navigate]);

  if (list.isError && asProblem(list.error).status !== 403)
    return <ErrorPage error={list.error} retry={() => list.refetch()} />;
  if (list.isPending && list.fetchStatus !== 'idle') return <Loading page />;
  return <ScopeContext.Provider value={scope}>{children}</ScopeContext.Provider>;
}
