import { EditOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlaceLevel } from '../../api/types';
import { Loading } from '../../app/Loading';
import { useCan } from '../../app/session';
import { useMode } from '../../app/theme';
import { MapGuard } from '../../control/map/MapGuard';
import { type Layer, MAP_LEVELS, type MapLevel } from '../../control/map/mapState';
import { useLang } from '../../i18n';
import { Panel } from '../../shared/PageHeader';
import { canDraw, type PlaceFile } from './types';
import '../../control/map/map.css';

const MapCanvas = lazy(() => import('../../control/map/MapCanvas'));
const QUIET: readonly Layer[] = ['shade', 'labels'];
const SHADE = 2;
/** How much of the surroundings is shown around a place, as a part of its own size, and at least in degrees. */
const MARGIN = 0.35;
const LEAST = 0.0012;

const drawn = (level: PlaceLevel): MapLevel =>
  (MAP_LEVELS as readonly string[]).includes(level)
    ? (level as MapLevel)
    : level === 'unit' || level === 'household'
      ? 'building'
      : 'district';

function frame([west, south, east, north]: [number, number, number, number]): [number, number, number, number] {
  const dx = Math.max((east - west) * MARGIN, LEAST);
  const dy = Math.max((north - south) * MARGIN, LEAST);
  return [west - dx, south - dy, east + dx, north + dy];
}

/** Where a place lies among its neighbours, and the way to drawing it. */
export function PlaceMap({ p }: { p: PlaceFile }) {
  const { t } = useTranslation('places');
  const lang = useLang();
  const mode = useMode();
  const can = useCan();
  const shades = useMemo(() => new Map([[p.id, SHADE]]), [p.id]);
  const draw = can('places.place.update') && canDraw(p) && !p.retired_on && (
    <Link
      to="/places/$placeId/draw"
      params={{ placeId: p.id }}
      search={(s) => ({ incident: s.incident, place: s.place })}
    >
      <EditOutlined aria-hidden /> {t(p.has_geometry || p.lon !== null ? 'draw.change' : 'draw.begin')}
    </Link>
  );
  return (
    <Panel title={t('onMap')} tools={draw} flush>
      {p.bbox ? (
        <div className="ac-place-map">
          <MapGuard fallback={<p className="ac-panel-body ac-muted">{t('draw.noMap')}</p>}>
            <Suspense fallback={<Loading />}>
              <MapCanvas
                key={`${mode}-${lang}-${p.id}-${p.version}`}
                mode={mode}
                lang={lang}
                level={drawn(p.level)}
                layers={QUIET}
                shades={shades}
                marks={[]}
                outlined={p.id}
                bounds={frame(p.bbox)}
                label={t('onMap')}
              />
            </Suspense>
          </MapGuard>
        </div>
      ) : (
        <p className="ac-panel-body ac-muted">{t('noPosition')}</p>
      )}
    </Panel>
  );
}
