import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Input, type InputRef, Modal } from 'antd';
import {
  type KeyboardEvent,
  type ReactNode,
  useDeferredValue,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import { q } from '../api/queries';
import type { Case, List } from '../api/types';
import { useLang } from '../i18n';
import { nameIn } from '../shared/format';
import { isComposing, isEnter } from '../shared/keys';
import { ClassMark } from '../shared/marks';
import { allowed, PAGES } from './pages';
import { useScope } from './scope';
import { useMe } from './session';

type Hit = {
  id: string;
  group: 'pages' | 'incidents' | 'places' | 'cases';
  label: ReactNode;
  hint?: string;
  go: () => void;
};

function useHits(text: string, close: () => void): Hit[] {
  const { t } = useTranslation(['app', 'words']);
  const lang = useLang();
  const { operations } = useMe();
  const { incident, incidents, setIncident, setPlace } = useScope();
  const navigate = useNavigate();
  const wanted = text.trim();
  const places = useQuery(q.findPlaces(wanted));
  const cases = useQuery({
    queryKey: ['case', 'number', incident?.id, wanted],
    queryFn: ({ signal }) => api.get<List<Case>>('/cases', { incident_id: incident?.id, q: wanted, limit: 5 }, signal),
    enabled: wanted.length >= 3 && operations.includes('cases.case.list') && !!incident,
    staleTime: 30_000,
  });

  return useMemo(() => {
    const then = (act: () => void) => () => {
      close();
      act();
    };
    const low = wanted.toLowerCase();
    const hits: Hit[] = PAGES.filter(
      (p) => allowed(p, operations) && t(`app:page.${p.key}`).toLowerCase().includes(low),
    ).map((p) => ({
      id: `page-${p.key}`,
      group: 'pages',
      label: t(`app:page.${p.key}`),
      hint: t(`app:wing.${p.wing}`),
      go: then(() => void navigate({ to: p.path as '/' })),
    }));
    if (wanted === '') return hits;
    for (const i of incidents.filter((i) => `${i.name} ${i.name_en}`.toLowerCase().includes(low)).slice(0, 5))
      hits.push({
        id: `incident-${i.id}`,
        group: 'incidents',
        label: nameIn(i, lang),
        go: then(() => setIncident(i.id)),
      });
    for (const c of cases.data?.items ?? [])
      hits.push({
        id: `case-${c.id}`,
        group: 'cases',
        hint: c.place_trail || c.place_name,
        go: then(() => void navigate({ href: `/cases/${c.id}` })),
        label: (
          <span className="ac-row" style={{ gap: 8 }}>
            <ClassMark value={c.classification} community={c.found_in_community} bare />{' '}
            <span className="ac-mono">{c.number}</span>
          </span>
        ),
      });
    for (const p of places.data?.items ?? [])
      hits.push({
        id: `place-${p.id}`,
        group: 'places',
        label: nameIn(p, lang),
        hint: p.ancestors || t(`words:level.${p.level}`),
        go: then(() => setPlace(p.id)),
      });
    return hits;
  }, [wanted, operations, incidents, cases.data, places.data, lang, t, navigate, setIncident, setPlace, close]);
}

/** Search over pages, places and case numbers; keyboard only if wanted. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('app');
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const input = useRef<InputRef>(null);
  const listId = useId();
  const hits = useHits(useDeferredValue(open ? text : ''), onClose);
  const current = Math.min(at, hits.length - 1);
  useEffect(() => {
    if (open) {
      setText('');
      setAt(0);
    }
  }, [open]);

  function onKey(e: KeyboardEvent) {
    if (isComposing(e)) return;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      const step = e.key === 'ArrowDown' ? 1 : -1;
      if (hits.length > 0) setAt((current + step + hits.length) % hits.length);
    } else if (isEnter(e)) {
      e.preventDefault();
      hits[current]?.go();
    }
  }

  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      closable={false}
      width={600}
      style={{ top: 72 }}
      styles={{ container: { padding: 0 }, body: { padding: 0 } }}
      afterOpenChange={(shown) => shown && input.current?.focus()}
      destroyOnHidden
      aria-label={t('palette.title')}
    >
      <Input
        ref={input}
        autoFocus
        size="large"
        variant="borderless"
        value={text}
        placeholder={t('palette.placeholder')}
        aria-label={t('palette.title')}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={hits[current] ? `${listId}-${hits[current].id}` : undefined}
        onChange={(e) => {
          setText(e.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
        style={{ padding: '14px 16px' }}
      />
      <HitList id={listId} hits={hits} current={current} onPoint={setAt} empty={text.trim() !== ''} />
      <div className="ac-dt-foot ac-desk-only">{t('palette.keys')}</div>
    </Modal>
  );
}

function HitList({
  id,
  hits,
  current,
  onPoint,
  empty,
}: {
  id: string;
  hits: Hit[];
  current: number;
  onPoint: (i: number) => void;
  empty: boolean;
}) {
  const { t } = useTranslation('app');
  useEffect(() => {
    const hit = hits[current];
    if (hit) document.getElementById(`${id}-${hit.id}`)?.scrollIntoView?.({ block: 'nearest' });
  }, [current, hits, id]);
  return (
    <div id={id} role="listbox" aria-label={t('palette.title')} className="ac-palette">
      {hits.length === 0 && empty && <p className="ac-palette-none">{t('palette.nothing')}</p>}
      {hits.map((hit, i) => (
        <div key={hit.id} style={{ display: 'contents' }}>
          {hit.group !== hits[i - 1]?.group && (
            <div className="ac-palette-group" role="presentation">
              {t(`palette.${hit.group}`)}
            </div>
          )}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above owns the keys, options are pointed at by aria-activedescendant */}
          {/* biome-ignore lint/a11y/useFocusableInteractive: see above */}
          <div
            id={`${id}-${hit.id}`}
            role="option"
            aria-selected={i === current}
            className="ac-palette-hit"
            onMouseMove={() => onPoint(i)}
            onClick={hit.go}
          >
            <span className="ac-ellipsis">{hit.label}</span>
            {hit.hint && <span className="ac-ellipsis ac-small ac-faint">{hit.hint}</span>}
          </div>
        </div>
      ))}
    </div>
  );
}
