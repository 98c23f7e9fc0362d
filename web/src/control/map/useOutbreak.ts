import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { q } from '../../api/queries';
import type { Day, Incident, Lang, SeriesDay } from '../../api/types';
import { addDays, today } from '../../shared/day';
import { nameIn } from '../../shared/format';
import { MAP_LEVELS, type MapLevel } from './mapState';
import { mapQuery, placesAt, shown } from './outbreak';
import {
  breaksFor,
  nextPosition,
  positionOf,
  type Speed,
  shadeOf,
  stepTime,
  type WindowDays,
  windowOf,
  windowPeak,
} from './timeWindow';

/** The slider shows at most this many days, the newest. */
const MOST_DAYS = 200;

/** The days of the slider: from the incident's start to the newest day with records. */
export function useSpan(
  incident: Incident,
  placeId: string,
): { first: Day; last: Day; days: SeriesDay[]; error: unknown } {
  const newest = incident.closed_on || incident.last_record_on || addDays(today(incident.time_zone), -1);
  const last = newest < incident.started_on ? incident.started_on : newest;
  const earliest = addDays(last, 1 - MOST_DAYS);
  const first = incident.started_on > earliest ? incident.started_on : earliest;
  const series = useQuery({
    ...q.series({ incident_id: incident.id, place_id: placeId, from: first, to: last }, 'report'),
    placeholderData: (old) => old,
  });
  return { first, last, days: series.data?.days ?? [], error: series.data ? undefined : series.error };
}

type Question = {
  incident: Incident;
  placeId: string;
  level: MapLevel;
  first: Day;
  last: Day;
  end: Day;
  window: WindowDays;
  found: 'all' | 'community';
  /** While it plays, the next windows are asked for before they are shown. */
  ahead?: number;
};

/** The places of a level in a window: what to shade, on a scale that holds for the whole incident. */
export function useOutbreak({ incident, placeId, level, first, last, end, window, found, ahead = 0 }: Question) {
  const client = useQueryClient();
  const at = { incident_id: incident.id, place_id: placeId, level };
  const days = useQuery(mapQuery({ ...at, from: first, to: last }));
  const span = windowOf(end, window, first);
  const classes = useQuery({ ...mapQuery({ ...at, ...span }), placeholderData: (old) => old });
  const count = days.data?.days.length ?? 0;
  const position = positionOf(end, first, Math.max(1, count));

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key of each step is built from these values
  useEffect(() => {
    for (let i = 1; i <= ahead; i++) {
      const next = windowOf(addDays(end, i), window, first);
      if (next.to <= last) void client.prefetchQuery(mapQuery({ ...at, ...next }));
    }
  }, [ahead, end, window, first, last, level, placeId, incident.id]);

  const places = useMemo(
    () => placesAt(days.data, position, window, classes.data),
    [days.data, position, window, classes.data],
  );
  const peak = useMemo(
    () =>
      Math.max(
        0,
        ...(days.data?.items ?? []).map((p) => windowPeak(found === 'community' ? p.community : p.series, window)),
      ),
    [days.data, window, found],
  );
  const breaks = useMemo(() => breaksFor(peak), [peak]);
  const shades = useMemo(() => {
    const out = new Map<string, number>();
    for (const p of places) {
      const k = shadeOf(shown(p, found), breaks);
      if (k > 0) out.set(p.id, k);
    }
    return out;
  }, [places, found, breaks]);
  const here = classes.data && !classes.isPlaceholderData ? classes.data.elsewhere : 0;
  return { days, span, places, peak, breaks, shades, elsewhere: here };
}

/** Names of places above those of a level, by path. A place with infections lies in places with infections, so the map's own answers name them. */
export function useAbove(
  { incident, placeId, level, first, last }: Omit<Question, 'end' | 'window' | 'found'>,
  on: boolean,
  lang: Lang,
) {
  const rank = MAP_LEVELS.indexOf(level);
  const levels = MAP_LEVELS.slice(Math.max(0, rank - 2), rank);
  const answers = useQueries({
    queries: levels.map((l) => ({
      ...mapQuery({ incident_id: incident.id, place_id: placeId, level: l, from: first, to: last }),
      enabled: on,
    })),
  });
  const names = new Map<string, string>();
  for (const answer of answers)
    for (const p of answer.data?.items ?? []) names.set(p.path, nameIn({ name: p.name, name_en: p.name_en }, lang));
  return names;
}

function useReducedMotion(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia('(prefers-reduced-motion: reduce)');
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => window.matchMedia('(prefers-reduced-motion: reduce)').matches,
  );
}

/**
 * Steps through the days. While it plays the day is kept here and not in the address,
 * which would ask for a new page state at every step; it is written when it stops.
 */
export function usePlay(first: Day, last: Day, on: Day, setDay: (day: Day) => void) {
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>(2);
  const [passing, setPassing] = useState<Day | undefined>();
  const calm = useReducedMotion();
  const count = Math.max(1, positionOf(last, first, Number.MAX_SAFE_INTEGER) + 1);
  const end = passing ?? addDays(first, positionOf(on, first, count));
  const latest = useRef(end);
  latest.current = end;

  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(
      () => {
        setPassing(addDays(first, nextPosition(positionOf(latest.current, first, count), count)));
      },
      stepTime(speed, calm),
    );
    return () => clearInterval(timer);
  }, [playing, speed, calm, first, count]);

  const stop = (day: Day) => {
    setPlaying(false);
    setPassing(undefined);
    setDay(day);
  };
  return {
    end,
    playing,
    speed,
    setSpeed,
    count,
    position: positionOf(end, first, count),
    play: (start: boolean) => (start ? setPlaying(true) : stop(latest.current)),
    go: (at: number) => stop(addDays(first, at)),
  };
}
