import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { Day, Incident } from '../../api/types';
import { Loading } from '../../app/Loading';
import { useMode } from '../../app/theme';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { boundsOf } from './bounds';
import { MapGuard } from './MapGuard';
import { type Layer, levelBelow } from './mapState';
import { type Mark, markOf } from './marks';
import { onlyFrame } from './PlacePanel';
import { useOutbreak, useSpan } from './useOutbreak';
import './map.css';

const MapCanvas = lazy(() => import('./MapCanvas'));
const QUIET: readonly Layer[] = ['shade', 'marks', 'labels'];

/** The last week's infections by place, as a picture that leads to the map. */
export function MiniMap({ incidentId, placeId, on }: { incidentId: string; placeId: string; on: Day }) {
  const incidents = useQuery(q.incidents());
  const incident = incidents.data?.items.find((i) => i.id === incidentId);
  return incident ? <Picture incident={incident} placeId={placeId} on={on} /> : <Loading />;
}

function Picture({ incident, placeId, on }: { incident: Incident; placeId: string; on: Day }) {
  const { t } = useTranslation('map');
  const lang = useLang();
  const mode = useMode();
  const place = useQuery(q.place(placeId));
  const { first, last } = useSpan(incident, placeId);
  const level = levelBelow(place.data?.level ?? 'city');
  const end = on > last ? last : on < first ? first : on;
  const outbreak = useOutbreak({ incident, placeId, level, first, last, end, window: 7, found: 'all' });
  const marks = useMemo(
    () => outbreak.places.map((p) => markOf(p, 'all', outbreak.peak * 3)).filter((m): m is Mark => m !== undefined),
    [outbreak.places, outbreak.peak],
  );
  const { from, to } = outbreak.span;
  const bounds = place.data?.bbox ?? boundsOf(marks);
  return (
    <div className="ac-mini-map">
      <div className="ac-mini-canvas">
        {place.data && (
          <MapGuard fallback={<p className="ac-muted">{t('failedWhy')}</p>}>
            <Suspense fallback={<Loading />}>
              <MapCanvas
                key={`${mode}-${lang}-${placeId}`}
                mode={mode}
                lang={lang}
                level={level}
                layers={QUIET}
                shades={outbreak.shades}
                marks={marks}
                outlined={placeId}
                bounds={bounds}
                interactive={false}
                label={t('mini.label')}
              />
            </Suspense>
          </MapGuard>
        )}
      </div>
      <div className="ac-row-between ac-mini-foot">
        <span className="ac-small ac-muted">
          {outbreak.days.data && outbreak.places.length === 0
            ? t('mini.empty')
            : t('mini.caption', { from: formatDay(from, lang), to: formatDay(to, lang) })}
        </span>
        <Link to="/map" search={(s) => ({ ...onlyFrame(s), on: (s as { on?: string }).on })}>
          {t('mini.open')}
        </Link>
      </div>
    </div>
  );
}
