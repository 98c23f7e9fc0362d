import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { asProblem } from '../../api/problem';
import { q } from '../../api/queries';
import type { Case, List, PlaceRow } from '../../api/types';
import { switchLanguage, useLang } from '../../i18n';
import { peopleQuery, SEARCH_FROM } from '../../registry/people/queries';
import type { PersonHit } from '../../registry/people/types';
import { ageText, codeWord } from '../../registry/people/words';
import { nameIn } from '../../shared/format';
import { ClassMark } from '../../shared/marks';
import { allowed, PAGES } from '../pages';
import { useScope } from '../scope';
import { useCan, useMe, useSignOut } from '../session';
import { useModeChoice } from '../theme';
import { type Group, isFullNumber, ranked, STRONG } from './ranking';

export type Hit = {
  id: string;
  group: Group;
  label: ReactNode;
  /** Where it stands; shown at the right, its near end first in view. */
  hint?: string;
  /** Stays first whatever answers arrive, so Enter need not wait for them. */
  sure?: boolean;
  /** Belongs to an older text; the answer to the newer one is on its way. */
  stale?: boolean;
  go: () => void;
  /** What Shift and Enter do. */
  other?: () => void;
};
export type Source = { group: Group; error: unknown };
export type Hits = {
  hits: Hit[];
  /** An answer is awaited. */
  pending: boolean;
  failed: Source[];
  /** A whole number was typed: Enter looks it up, which is recorded. */
  lookUp: (() => void) | undefined;
};

const PEOPLE = 8;
const CASES = 5;
const PLACES = 8;
/** Case numbers are looked up whole or from their beginning; shorter texts are names. */
const CASE_FROM = 3;

/** Pages and deeds: known here, so they are there with the first letter. */
function useOwn(onSheet: () => void) {
  const { t, i18n } = useTranslation(['app', 'cases', 'people', 'places']);
  const lang = useLang();
  const can = useCan();
  const { operations } = useMe();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const [, setMode] = useModeChoice();
  return useMemo(() => {
    const frame = (s: { incident?: string; place?: string }) => ({ incident: s.incident, place: s.place });
    const pages = PAGES.filter((p) => allowed(p, operations)).map((p) => ({
      key: p.key as string,
      group: 'pages' as const,
      texts: [t(`app:page.${p.key}`), String(i18n.getResource('en', 'app', `page.${p.key}`) ?? p.key)],
      hint: t(`app:wing.${p.wing}`),
      go: () => void navigate({ to: p.path as '/', search: frame }),
    }));
    const deed = (key: string, text: string, go: () => void, may = true) =>
      may ? [{ key, group: 'actions' as const, texts: [text], hint: undefined, go }] : [];
    const actions = [
      ...deed(
        'newPerson',
        t('people:new'),
        () => void navigate({ to: '/people/new', search: frame }),
        can('people.person.create'),
      ),
      ...deed(
        'newCase',
        t('cases:new'),
        () => void navigate({ to: '/cases/new', search: frame }),
        can('cases.case.open'),
      ),
      ...deed(
        'newPlace',
        t('places:new'),
        () => void navigate({ to: '/places/new', search: frame }),
        can('places.place.create'),
      ),
      ...deed('language', t('app:language.switch'), () => void switchLanguage(lang === 'zh' ? 'en' : 'zh')),
      ...deed('dark', `${t('app:top.theme')} · ${t('app:top.themeDark')}`, () => setMode('dark')),
      ...deed('light', `${t('app:top.theme')} · ${t('app:top.themeLight')}`, () => setMode('light')),
      ...deed('shortcuts', t('app:top.shortcuts'), onSheet),
      ...deed('signOut', t('app:top.signOut'), () => void signOut()),
    ];
    return { pages, actions };
  }, [t, i18n, lang, can, operations, navigate, signOut, setMode, onSheet]);
}

/** People: asked in the body of the request; a whole number only when the person says so, once per number. */
function usePeopleHits(wanted: string) {
  const { t } = useTranslation(['people', 'words', 'shared', 'app']);
  const can = useCan();
  const client = useQueryClient();
  const [sure, setSure] = useState('');
  const whole = isFullNumber(wanted);
  const may = can('people.person.search');
  const on = may && [...wanted].length >= SEARCH_FROM && (!whole || sure === wanted);
  const found = useQuery({ ...peopleQuery.search(wanted, PEOPLE), enabled: on, placeholderData: keepPreviousData });
  useEffect(() => {
    if (wanted === '') client.removeQueries({ queryKey: ['person', 'search'] });
  }, [wanted, client]);
  const label = (p: PersonHit) => (
    <span className="ac-palette-person">
      <strong>{p.name_masked || '–'}</strong>
      <span className="ac-small ac-muted">
        {[codeWord(t, 'sex', p.sex), ageText(t, p), p.relation && codeWord(t, 'relation', p.relation)]
          .filter((x) => x && x !== '–')
          .join(' · ')}
      </span>
      <span className="ac-small ac-faint">{t(`app:palette.matched.${p.matched_by}`)}</span>
    </span>
  );
  return {
    items: on ? (found.data?.items ?? []) : [],
    label,
    stale: found.isPlaceholderData,
    pending: on && (found.isPending || found.isPlaceholderData),
    error: on && found.isError ? found.error : undefined,
    lookUp: may && whole && sure !== wanted && can('people.person.find_by_number') ? () => setSure(wanted) : undefined,
  };
}

function useCaseHits(wanted: string) {
  const can = useCan();
  const { incident } = useScope();
  const on = wanted.length >= CASE_FROM && /\d/.test(wanted) && can('cases.case.list') && !!incident;
  const found = useQuery({
    queryKey: ['case', 'number', incident?.id, wanted],
    queryFn: ({ signal }) =>
      api.get<List<Case>>('/cases', { incident_id: incident?.id, q: wanted, limit: CASES }, signal),
    enabled: on,
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });
  return {
    items: on ? (found.data?.items ?? []) : [],
    stale: found.isPlaceholderData,
    pending: on && (found.isPending || found.isPlaceholderData),
    error: on && found.isError ? found.error : undefined,
  };
}

function usePlaceHits(wanted: string) {
  const can = useCan();
  const on = wanted !== '' && !isFullNumber(wanted) && can('places.place.view');
  const found = useQuery({ ...q.findPlaces(wanted), enabled: on, placeholderData: keepPreviousData });
  return {
    items: on ? (found.data?.items ?? []).slice(0, PLACES) : [],
    stale: found.isPlaceholderData,
    pending: on && (found.isPending || found.isPlaceholderData),
    error: on && found.isError ? found.error : undefined,
  };
}

/** Everything that a text leads to, each source as its answer arrives, always in the same order of groups. */
export function useHits(typed: string, wanted: string, onSheet: () => void): Hits {
  const { t } = useTranslation(['app', 'words']);
  const lang = useLang();
  const can = useCan();
  const navigate = useNavigate();
  const { incidents, setIncident, setPlace } = useScope();
  const own = useOwn(onSheet);
  const people = usePeopleHits(wanted);
  const cases = useCaseHits(wanted);
  const places = usePlaceHits(wanted);
  const waiting = typed !== wanted && typed !== '';

  const hits = useMemo(() => {
    const frame = (s: { incident?: string; place?: string }) => ({ incident: s.incident, place: s.place });
    const out: Hit[] = [];
    const page = (p: (typeof own.pages)[number], sure: boolean): Hit => ({
      id: `page-${p.key}`,
      group: 'pages',
      label: p.texts[0],
      hint: p.hint,
      sure,
      go: p.go,
    });
    if (typed === '') return own.pages.map((p) => page(p, true));
    const met = ranked(typed, own.pages);
    out.push(...met.filter((p) => p.score >= STRONG).map((p) => page(p, true)));
    for (const p of people.items)
      out.push({
        id: `person-${p.id}`,
        group: 'people',
        label: people.label(p),
        hint: p.place_trail || p.place_name,
        stale: people.stale || waiting,
        go: () => void navigate({ to: '/people/$personId', params: { personId: p.id }, search: frame }),
      });
    for (const c of cases.items)
      out.push({
        id: `case-${c.id}`,
        group: 'cases',
        hint: c.place_trail || c.place_name,
        stale: cases.stale || waiting,
        go: () => void navigate({ to: '/cases/$caseId', params: { caseId: c.id }, search: frame }),
        label: (
          <span className="ac-row" style={{ gap: 8 }}>
            <ClassMark value={c.classification} community={c.found_in_community} bare />{' '}
            <span className="ac-mono">{c.number}</span>
          </span>
        ),
      });
    for (const p of places.items)
      out.push({
        id: `place-${p.id}`,
        group: 'places',
        label: nameIn(p, lang),
        hint: p.ancestors || t(`words:level.${p.level}`),
        stale: places.stale || waiting,
        go: () => openPlace(p),
        other: () => setPlace(p.id),
      });
    out.push(...met.filter((p) => p.score < STRONG).map((p) => page(p, false)));
    const low = typed.toLowerCase();
    for (const i of incidents.filter((i) => `${i.name} ${i.name_en}`.toLowerCase().includes(low)).slice(0, 5))
      out.push({ id: `incident-${i.id}`, group: 'incidents', label: nameIn(i, lang), go: () => setIncident(i.id) });
    for (const a of ranked(typed, own.actions))
      out.push({ id: `action-${a.key}`, group: 'actions', label: a.texts[0], go: a.go });
    return out;

    function openPlace(p: PlaceRow) {
      if (p.level === 'household' && can('people.household.view'))
        void navigate({ to: '/households/$placeId', params: { placeId: p.id }, search: frame });
      else void navigate({ to: '/places/$placeId', params: { placeId: p.id }, search: frame });
    }
  }, [typed, waiting, own, people, cases, places, incidents, lang, t, can, navigate, setIncident, setPlace]);

  const failed: Source[] = [
    { group: 'people' as const, error: people.error },
    { group: 'cases' as const, error: cases.error },
    { group: 'places' as const, error: places.error },
  ].filter((s) => s.error !== undefined && asProblem(s.error).status !== 403);
  const pending = typed !== '' && (waiting || people.pending || cases.pending || places.pending);
  return { hits, pending, failed, lookUp: people.lookUp };
}
