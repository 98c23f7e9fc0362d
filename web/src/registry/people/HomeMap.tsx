import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { PlaceDetail } from '../../api/types';
import { Loading } from '../../app/Loading';
import { useCan } from '../../app/session';
import { useMode } from '../../app/theme';
import { MapGuard } from '../../control/map/MapGuard';
import type { Layer } from '../../control/map/mapState';
import { useLang } from '../../i18n';
import { nameIn } from '../../shared/format';
import '../../control/map/map.css';

const MapCanvas = lazy(() => import('../../control/map/MapCanvas'));
const QUIET: readonly Layer[] = ['shade', 'labels'];
/** About 150 m around the building, so that the way to it can be seen. */
const AROUND = 0.0014;
const SHADE = 3;
/** The closest zoom at which neighbouring buildings are still in view. */
const MAP_ZOOM = '17.20';

/** The building a home is in: the place itself, or the building above it. */
export function buildingOf(place: PlaceDetail | undefined): { id: string; exact: boolean } | undefined {
  if (!place) return undefined;
  const found = [...place.ancestors, place].find((p) => p.level === 'building');
  return { id: found?.id ?? place.id, exact: found !== undefined };
}

/** Where the door is: its building among its neighbours, as a picture that leads to the map. */
export function HomeMap({ placeId }: { placeId: string }) {
  const { t } = useTranslation('people');
  const lang = useLang();
  const mode = useMode();
  const can = useCan();
  const home = useQuery(q.place(placeId));
  const at = buildingOf(home.data);
  const building = useQuery(q.place(at?.id ?? '')).data;
  const shades = useMemo(() => new Map(building ? [[building.id, SHADE]] : []), [building]);
  const bounds = useMemo(() => around(building), [building]);
  if (home.isPending || (at && !building)) return <Loading />;
  if (!building || !bounds) return <p className="ac-panel-body ac-muted">{t('map.none')}</p>;
  const [west, south, east, north] = bounds;
  const centre = `${((west + east) / 2).toFixed(5)},${((south + north) / 2).toFixed(5)},${MAP_ZOOM}`;
  return (
    <div className="ac-mini-map ac-home-map" data-building={building.id}>
      <div className="ac-mini-canvas">
        <MapGuard fallback={<p className="ac-muted">{t('map.none')}</p>}>
          <Suspense fallback={<Loading />}>
            <MapCanvas
              key={`${mode}-${lang}-${building.id}`}
              mode={mode}
              lang={lang}
              level="building"
              layers={QUIET}
              shades={shades}
              marks={[]}
              outlined={building.id}
              bounds={bounds}
              interactive={false}
              label={t('map.label')}
            />
          </Suspense>
        </MapGuard>
      </div>
      <div className="ac-row-between ac-mini-foot">
        <span className="ac-small ac-muted">{nameIn(building, lang)}</span>
        {can('situation.view') && (
          <Link
            to="/map"
            search={(s) => ({
              incident: s.incident,
              place: s.place,
              level: 'building',
              sel: building.id,
              at: centre,
            })}
          >
            {t('map.open')}
          </Link>
        )}
      </div>
    </div>
  );
}

function around(place: PlaceDetail | undefined): [number, number, number, number] | undefined {
  if (!place) return undefined;
  const { bbox, lon, lat } = place;
  if (bbox) return [bbox[0] - AROUND, bbox[1] - AROUND, bbox[2] + AROUND, bbox[3] + AROUND];
  return lon === null || lat === null ? undefined : [lon - AROUND, lat - AROUND, lon + AROUND, lat + AROUND];
}
