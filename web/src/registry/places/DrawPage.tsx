import { AimOutlined, BorderOutlined, DeleteOutlined, EditOutlined, UndoOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Alert, App, Button, Input, Segmented, Tooltip } from 'antd';
import type { Geometry } from 'geojson';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { asProblem } from '../../api/problem';
import { q } from '../../api/queries';
import { ErrorPage, ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useCan } from '../../app/session';
import { useMode } from '../../app/theme';
import { MapGuard } from '../../control/map/MapGuard';
import { useLang } from '../../i18n';
import { FormError, useSubmit, useUnsavedWarning } from '../../shared/form';
import { formatNumber, nameIn } from '../../shared/format';
import { PageHeader, Panel } from '../../shared/PageHeader';
import type { DrawHandle, Tool } from './DrawMap';
import { areaOf, check, type Finding, geometryOf, isError, parsePoints, polygonsOf, printPoints } from './outline';
import { placeAround, placeGeometry } from './queries';
import type { Around, PlaceFile } from './types';
import './places.css';

const DrawMap = lazy(() => import('./DrawMap'));

/** Draws where a place is: its outline or its point, on the map or as numbers. */
export function DrawPage() {
  const { placeId } = useParams({ from: '/places/$placeId/draw' });
  const can = useCan();
  const place = useQuery({ ...q.place(placeId), refetchOnWindowFocus: false });
  const geometry = useQuery({ ...placeGeometry(placeId), refetchOnWindowFocus: false });
  const around = useQuery(placeAround(placeId));
  if (!can('places.place.update')) return <ForbiddenPage />;
  const failed = [place, geometry, around].find((x) => x.isError && x.data === undefined);
  if (failed) return <ErrorPage error={failed.error} retry={() => failed.refetch()} />;
  if (!place.data || geometry.data === undefined || !around.data) return <Loading />;
  return <Desk key={placeId} p={place.data as PlaceFile} first={geometry.data} around={around.data} />;
}

type DeskProps = { p: PlaceFile; first: Geometry | null; around: Around };

function Desk({ p, first, around }: DeskProps) {
  const { t } = useTranslation(['places', 'shared']);
  const lang = useLang();
  const mode = useMode();
  const handle = useRef<DrawHandle>(null);
  const [past, setPast] = useState<(Geometry | null)[]>([]);
  const [now, setNow] = useState(first);
  const [tool, setTool] = useState<Tool>(first ? 'select' : 'polygon');
  const dirty = JSON.stringify(now) !== JSON.stringify(first);
  const findings = useMemo(() => check(now, around), [now, around]);
  const save = useSave(p, now);
  const warning = useUnsavedWarning(dirty && !save.busy && !save.done);
  const change = useCallback(
    (g: Geometry | null) => {
      setPast((all) => [...all, now]);
      setNow(g);
    },
    [now],
  );
  const undo = useCallback(() => {
    if (handle.current?.undoCorner()) return;
    const before = past.at(-1);
    if (past.length === 0) return;
    setPast(past.slice(0, -1));
    setNow(before ?? null);
  }, [past]);
  useUndoKey(undo, () => handle.current?.cancel());
  return (
    <div className="ac-page ac-draw">
      <PageHeader
        title={t('places:draw.title', { name: nameIn(p, lang) || p.code })}
        sub={t('places:draw.sub')}
        tools={
          <>
            <Button onClick={() => save.back()}>{t('shared:cancel')}</Button>
            <Button
              type="primary"
              disabled={!dirty || findings.some(isError)}
              loading={save.busy}
              onClick={() => void save.submit({})}
            >
              {t('places:draw.save')}
            </Button>
          </>
        }
      />
      <div className="ac-draw-grid">
        <section className="ac-panel ac-draw-map" aria-label={t('places:draw.map')}>
          <div className="ac-draw-tools" role="toolbar" aria-label={t('places:draw.tools')}>
            <Segmented<Tool>
              value={tool}
              onChange={setTool}
              options={[
                {
                  value: 'select',
                  icon: <EditOutlined aria-hidden />,
                  label: t('places:draw.tool.select'),
                  disabled: !now,
                },
                { value: 'polygon', icon: <BorderOutlined aria-hidden />, label: t('places:draw.tool.polygon') },
                { value: 'point', icon: <AimOutlined aria-hidden />, label: t('places:draw.tool.point') },
              ]}
            />
            <Tooltip title={t('places:draw.undoKey')}>
              <Button icon={<UndoOutlined aria-hidden />} aria-label={t('places:draw.undo')} onClick={undo} />
            </Tooltip>
            <Tooltip title={t('places:draw.clear')}>
              <Button
                icon={<DeleteOutlined aria-hidden />}
                aria-label={t('places:draw.clear')}
                disabled={!now}
                onClick={() => {
                  change(null);
                  setTool('polygon');
                }}
              />
            </Tooltip>
          </div>
          <MapGuard fallback={<p className="ac-panel-body ac-muted">{t('places:draw.noMap')}</p>}>
            <Suspense fallback={<Loading />}>
              <DrawMap
                key={`${mode}-${lang}`}
                ref={handle}
                mode={mode}
                lang={lang}
                tool={tool}
                geometry={now}
                around={around}
                bounds={p.bbox ?? boundsOf(around)}
                label={t('places:draw.map')}
                onChange={change}
                onFinished={() => setTool('select')}
              />
            </Suspense>
          </MapGuard>
          <p className="ac-draw-hint ac-small ac-muted">{t(`places:draw.hint.${tool}`)}</p>
        </section>
        <div className="ac-draw-side">
          <Findings g={now} findings={findings} />
          {save.stale ? (
            <Alert
              type="warning"
              showIcon
              title={t('places:draw.stale')}
              action={<Button onClick={() => void save.takeNewest()}>{t('places:staleNext')}</Button>}
            />
          ) : (
            <FormError error={save.error} />
          )}
          <Numbers
            g={now}
            onApply={(g) => {
              change(g);
              setTool('select');
              if (g) handle.current?.fit(g);
            }}
          />
        </div>
      </div>
      {warning}
    </div>
  );
}

function boundsOf(around: Around): [number, number, number, number] | null {
  const points = [...(around.parent ? [around.parent] : around.neighbours)].flatMap((o) =>
    polygonsOf(o.geometry).flat(2),
  );
  if (points.length === 0) return null;
  const lons = points.map((c) => c[0] ?? 0);
  const lats = points.map((c) => c[1] ?? 0);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** Ctrl+Z takes back; Escape stops a shape that is being drawn. Not while somebody types. */
function useUndoKey(undo: () => void, cancel: () => void) {
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (e.target instanceof HTMLInputElement || e.target instanceof HTMLTextAreaElement) return;
      if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'z') {
        e.preventDefault();
        undo();
      } else if (e.key === 'Escape') cancel();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [undo, cancel]);
}

function useSave(p: PlaceFile, g: Geometry | null) {
  const { t } = useTranslation('places');
  const navigate = useNavigate();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [version, setVersion] = useState(p.version);
  const [done, setDone] = useState(false);
  const back = () =>
    void navigate({
      to: '/places/$placeId',
      params: { placeId: p.id },
      search: (s) => ({ incident: s.incident, place: s.place }),
    });
  const { submit, busy, error, clear } = useSubmit<object>(null, async () => {
    await api.patch(`/places/${p.id}`, body(g), { ifMatch: version });
    setDone(true);
    void message.success(t('draw.saved'));
    await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'place' });
    await navigate({
      to: '/places/$placeId',
      params: { placeId: p.id },
      search: (s) => ({ incident: s.incident, place: s.place }),
      ignoreBlocker: true,
    });
  });
  const takeNewest = async () => {
    const newest = await client.fetchQuery({ ...q.place(p.id), staleTime: 0 });
    setVersion(newest.version);
    clear();
  };
  return { submit, busy, done, error, back, takeNewest, stale: asProblem(error).code === 'conflict.stale' };
}

/** An outline goes as it is; what was emptied goes as an empty text, which leaves the point. */
const body = (g: Geometry | null) => ({ geometry: g ?? '' });

function Findings({ g, findings }: { g: Geometry | null; findings: Finding[] }) {
  const { t } = useTranslation('places');
  const lang = useLang();
  const area = polygonsOf(g).reduce((sum, [outer]) => sum + areaOf(outer ?? []), 0);
  const corners = polygonsOf(g).reduce((sum, [outer]) => sum + Math.max(0, (outer?.length ?? 1) - 1), 0);
  return (
    <Panel title={t('draw.check')}>
      <div className="ac-stack" role="status">
        <p>
          {g === null && t('draw.nothing')}
          {g?.type === 'Point' && t('draw.point', { at: printPoints(g) })}
          {area > 0 &&
            !findings.some(isError) &&
            t('draw.size', { area: formatNumber(Math.round(area), lang), corners })}
        </p>
        {findings.map((f) => (
          <Alert
            key={f.code + (f.name ?? '')}
            type={isError(f) ? 'error' : 'warning'}
            showIcon
            title={t(`draw.finding.${f.code}`, { name: f.name })}
          />
        ))}
        {g !== null && findings.length === 0 && <p className="ac-draw-fine">{t('draw.fine')}</p>}
      </div>
    </Panel>
  );
}

/** The same as numbers: for the keyboard, for screen readers, and for coordinates from elsewhere. */
function Numbers({ g, onApply }: { g: Geometry | null; onApply: (g: Geometry | null) => void }) {
  const { t } = useTranslation('places');
  const shown = printPoints(g);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const points = parsePoints(text);
  const several = polygonsOf(g).length > 1 || polygonsOf(g).some((rings) => rings.length > 1);
  const wrong = points === null || points.length === 2;
  return (
    <Panel title={t('draw.numbers')}>
      <div className="ac-stack">
        <label htmlFor="draw-points" className="ac-small ac-muted">
          {t(several ? 'draw.numbersSeveral' : 'draw.numbersHint')}
        </label>
        <Input.TextArea
          id="draw-points"
          className="ac-mono"
          value={text}
          rows={8}
          disabled={several}
          status={wrong ? 'error' : undefined}
          onChange={(e) => setText(e.target.value)}
        />
        {wrong && <p role="alert">{t('draw.numbersWrong')}</p>}
        <div>
          <Button disabled={several || wrong || text === shown} onClick={() => points && onApply(geometryOf(points))}>
            {t('draw.apply')}
          </Button>
        </div>
      </div>
    </Panel>
  );
}
