import { AimOutlined, AppstoreOutlined } from '@ant-design/icons';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Checkbox, Popover, Segmented, Select } from 'antd';
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Incident } from '../../api/types';
import { ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useMode } from '../../app/theme';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { formatNumber, nameIn } from '../../shared/format';
import { PageHeader } from '../../shared/PageHeader';
import { useShortcut } from '../../shared/shortcuts';
import { EmptyState, ErrorState } from '../../shared/states';
import { boundsOf } from './bounds';
import { Legend } from './Legend';
import type { Shown } from './MapCanvas';
import { MapGuard } from './MapGuard';
import { MapTable } from './MapTable';
import {
  type Camera,
  LAYERS,
  levelAt,
  levelBelow,
  MAP_LEVELS,
  type MapLevel,
  type MapState,
  readMap,
  writeMap,
} from './mapState';
import { type Mark, markOf } from './marks';
import { shown } from './outbreak';
import { PlacePanel } from './PlacePanel';
import { TimeSlider } from './TimeSlider';
import { useAbove, useOutbreak, usePlay, useSpan } from './useOutbreak';
import './map.css';

const MapCanvas = lazy(() => import('./MapCanvas'));

/** Where the infections are, and how it came to be so. */
export function MapPage() {
  const { t } = useTranslation(['map', 'app']);
  const can = useCan();
  const { incident, placeId } = useScope();
  if (!can('situation.view')) return <ForbiddenPage />;
  if (!incident)
    return (
      <div className="ac-page">
        <PageHeader title={t('app:page.map')} />
        <EmptyState title={t('map:noPlace')} why={t('map:noPlaceWhy')} />
      </div>
    );
  return placeId ? <Outbreak key={incident.id} incident={incident} placeId={placeId} /> : <Loading />;
}

function useMapAddress() {
  const search = useSearch({ from: '/map' });
  const navigate = useNavigate({ from: '/map' });
  const state = useMemo(() => readMap(search), [search]);
  const set = (change: Partial<MapState>) =>
    void navigate({ replace: true, search: (s) => ({ ...s, ...writeMap(change) }), resetScroll: false });
  const setSort = (sort: string | undefined) =>
    void navigate({ replace: true, search: (s) => ({ ...s, sort }), resetScroll: false });
  return { state, set, sort: search.sort, setSort };
}

function Outbreak({ incident, placeId }: { incident: Incident; placeId: string }) {
  const { t } = useTranslation(['map', 'app', 'words']);
  const lang = useLang();
  const { place, on, setDay } = useScope();
  const { state, set, sort, setSort } = useMapAddress();
  const { first, last, days, error } = useSpan(incident, placeId);
  const play = usePlay(first, last, on, setDay);
  const [whole, setWhole] = useState<number | undefined>();
  const below = levelBelow(place?.level ?? 'city');
  const auto = !state.camera || whole === undefined ? below : levelAt(state.camera.zoom, whole, below);
  const level = state.level ?? auto;
  const { window: length, found } = state;
  const outbreak = useOutbreak({
    incident,
    placeId,
    level,
    first,
    last,
    end: play.end,
    window: length,
    found,
    ahead: play.playing ? 2 : 0,
  });
  const above = useAbove({ incident, placeId, level, first, last }, state.view === 'table', lang);
  useShortcut('tableTwin', () => set({ view: state.view === 'map' ? 'table' : 'map' }));

  // Another place in the top bar is another view: the old camera and selection do not belong to it.
  const scopeOf = useRef(placeId);
  useEffect(() => {
    if (scopeOf.current === placeId) return;
    scopeOf.current = placeId;
    set({ camera: undefined, sel: undefined });
  });

  const inSpan = days.filter((d) => d.on >= outbreak.span.from && d.on <= outbreak.span.to);
  const total = inSpan.reduce((n, d) => n + d.infections, 0);
  const community = inSpan.reduce((n, d) => n + d.found_in_community, 0);
  const name = place ? nameIn(place, lang) : '';
  const span =
    outbreak.span.from === outbreak.span.to
      ? t('map:oneDay', { day: formatDay(outbreak.span.to, lang) })
      : t('map:days', { from: formatDay(outbreak.span.from, lang), to: formatDay(outbreak.span.to, lang) });
  const n = formatNumber(found === 'community' ? community : total, lang);
  return (
    <div className="ac-page ac-map-page" data-view={state.view}>
      <PageHeader
        title={
          found === 'community'
            ? t('map:leadCommunity', { place: name, span, n })
            : t('map:lead', { place: name, span, n })
        }
        tabTitle={t('app:page.map')}
        sub={
          <>
            {t('map:split', {
              community: formatNumber(community, lang),
              control: formatNumber(total - community, lang),
            })}
            {outbreak.elsewhere > 0 &&
              ` · ${t('map:elsewhere', { n: formatNumber(outbreak.elsewhere, lang), level: t(`words:level.${level}`) })}`}
          </>
        }
        tools={<Tools state={state} set={set} auto={auto} />}
      />
      {error !== undefined && error !== null ? (
        <ErrorState error={error} />
      ) : (
        <div className="ac-map-grid" data-panel={state.sel !== undefined || undefined}>
          {state.view === 'map' ? (
            <MapArea
              state={state}
              set={set}
              level={level}
              outbreak={outbreak}
              onWhole={setWhole}
              zoomed={state.camera !== undefined}
            />
          ) : (
            <div className="ac-panel ac-map-table">
              <MapTable
                rows={outbreak.places}
                above={above}
                loading={outbreak.days.isPending}
                error={outbreak.days.error}
                retry={() => outbreak.days.refetch()}
                elsewhere={outbreak.elsewhere}
                sort={sort}
                onSort={setSort}
                selected={state.sel}
                onPick={(sel) => set({ sel })}
                fileName={`outbreak-${level}-${outbreak.span.from}-${outbreak.span.to}`}
              />
            </div>
          )}
          {state.sel && (
            <aside key={state.sel} ref={bringIntoView} className="ac-panel ac-map-aside" aria-label={t('map:panel')}>
              <PlacePanel
                placeId={state.sel}
                incidentId={incident.id}
                from={outbreak.span.from}
                to={outbreak.span.to}
                first={first}
                last={last}
                onPick={(sel) => set({ sel })}
                onClose={() => set({ sel: undefined })}
              />
            </aside>
          )}
          {days.length > 0 && (
            <TimeSlider
              days={days}
              at={Math.min(play.position, days.length - 1)}
              onAt={play.go}
              window={length}
              onWindow={(w) => set({ window: w })}
              playing={play.playing}
              onPlay={play.play}
              speed={play.speed}
              onSpeed={play.setSpeed}
              inWindow={total}
            />
          )}
        </div>
      )}
    </div>
  );
}

/** On a phone the panel stands below the map: it is brought into view when a place is chosen. */
function bringIntoView(panel: HTMLElement | null) {
  if (panel && window.matchMedia('(max-width: 767px)').matches) panel.scrollIntoView({ block: 'center' });
}

type Set = (change: Partial<MapState>) => void;

function Tools({ state, set, auto }: { state: MapState; set: Set; auto: MapLevel }) {
  const { t } = useTranslation(['map', 'words']);
  const name = (level: MapLevel) => t(`words:level.${level}`);
  return (
    <>
      <Select<MapLevel | 'auto'>
        value={state.level ?? 'auto'}
        onChange={(level) => set({ level: level === 'auto' ? undefined : level })}
        aria-label={t('map:level')}
        style={{ minWidth: 148 }}
        options={[
          { value: 'auto', label: state.level ? t('map:auto') : t('map:autoNow', { level: name(auto) }) },
          ...MAP_LEVELS.map((value) => ({ value, label: name(value) })),
        ]}
      />
      <Select<'all' | 'community'>
        value={state.found}
        onChange={(found) => set({ found })}
        aria-label={t('map:found')}
        style={{ minWidth: 132 }}
        options={[
          { value: 'all', label: t('map:foundAll') },
          { value: 'community', label: t('map:foundCommunity') },
        ]}
      />
      {state.view === 'map' && (
        <Popover
          trigger="click"
          placement="bottomRight"
          arrow={false}
          content={
            <Checkbox.Group
              value={state.layers}
              onChange={(layers) => set({ layers: LAYERS.filter((l) => layers.includes(l)) })}
              style={{ display: 'grid', gap: 6 }}
              options={LAYERS.map((value) => ({ value, label: t(`map:layer.${value}`) }))}
            />
          }
        >
          <Button icon={<AppstoreOutlined aria-hidden />}>{t('map:layers')}</Button>
        </Popover>
      )}
      <Segmented<'map' | 'table'>
        value={state.view}
        onChange={(view) => set({ view })}
        aria-label={t('map:view')}
        options={[
          { value: 'map', label: t('map:viewMap') },
          { value: 'table', label: t('map:viewTable') },
        ]}
      />
    </>
  );
}

type AreaProps = {
  state: MapState;
  set: Set;
  level: MapLevel;
  outbreak: ReturnType<typeof useOutbreak>;
  onWhole: (zoom: number) => void;
  zoomed: boolean;
};

function MapArea({ state, set, level, outbreak, onWhole, zoomed }: AreaProps) {
  const { t } = useTranslation('map');
  const lang = useLang();
  const mode = useMode();
  const { place, placeId } = useScope();
  const [point, setPoint] = useState<Shown | undefined>();
  const marks = useMemo(
    () => outbreak.places.map((p) => markOf(p, state.found, outbreak.peak)).filter((m): m is Mark => m !== undefined),
    [outbreak.places, outbreak.peak, state.found],
  );
  const bounds = place?.bbox ?? boundsOf(marks);
  return (
    <div className="ac-panel ac-map-area">
      <MapGuard
        fallback={
          <EmptyState
            title={t('failed')}
            why={t('failedWhy')}
            next={<Button onClick={() => set({ view: 'table' })}>{t('failedNext')}</Button>}
          />
        }
      >
        <Suspense fallback={<Loading />}>
          <MapCanvas
            key={`${mode}-${lang}-${placeId}`}
            mode={mode}
            lang={lang}
            level={level}
            layers={state.layers}
            shades={outbreak.shades}
            marks={marks}
            outlined={placeId}
            selected={state.sel}
            camera={state.camera}
            bounds={bounds}
            label={t('canvas')}
            onCamera={(camera: Camera) => set({ camera })}
            onWhole={onWhole}
            onPick={(sel) => set({ sel })}
            onPoint={setPoint}
          />
        </Suspense>
      </MapGuard>
      {point && <Tip point={point} outbreak={outbreak} />}
      <Corner>
        <Legend mode={mode} breaks={outbreak.breaks} days={state.window} found={state.found} layers={state.layers} />
      </Corner>
      {zoomed && (
        <Button className="ac-map-whole" icon={<AimOutlined aria-hidden />} onClick={() => set({ camera: undefined })}>
          {t('wholePlace')}
        </Button>
      )}
    </div>
  );
}

/** The legend can be folded away; on a phone it begins folded. */
function Corner({ children }: { children: ReactNode }) {
  const { t } = useTranslation('map');
  const [open, setOpen] = useState(() => window.matchMedia('(min-width: 768px)').matches);
  return (
    <details className="ac-map-corner" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{t('legend')}</summary>
      {children}
    </details>
  );
}

function Tip({ point, outbreak }: { point: Shown; outbreak: ReturnType<typeof useOutbreak> }) {
  const { t } = useTranslation('map');
  const lang = useLang();
  const p = outbreak.places.find((x) => x.id === point.id);
  const name = p ? nameIn(p, lang) : nameIn({ name: point.name, name_en: point.nameEn }, lang);
  const n = p ? shown(p, 'all') : 0;
  if (!name) return null;
  return (
    <div className="ac-map-tip" style={{ left: point.x, top: point.y }} aria-hidden>
      <strong>{name}</strong> {formatNumber(n, lang)}
      {p && n > 0 && (
        <div className="ac-small">
          {t('split', { community: formatNumber(p.community, lang), control: formatNumber(n - p.community, lang) })}
        </div>
      )}
    </div>
  );
}
