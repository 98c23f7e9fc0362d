import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Loading } from '../../app/Loading';
import { useMode } from '../../app/theme';
import { MapGuard } from '../../control/map/MapGuard';
import type { Layer } from '../../control/map/mapState';
import { useLang } from '../../i18n';
import type { Candidate } from './types';
import '../../control/map/map.css';

const MapCanvas = lazy(() => import('../../control/map/MapCanvas'));
const LAYERS: readonly Layer[] = ['shade', 'labels'];
/** The likeliest candidate is the darkest. */
const DARKEST = 5;
/** About 200 m around, so that one building alone is seen among its neighbours. */
const AROUND = 0.002;

/** The candidates on the map. */
export function CandidateMap({ candidates }: { candidates: Candidate[] }) {
  const { t } = useTranslation('addresses');
  const mode = useMode();
  const lang = useLang();
  const located = candidates.filter((c) => c.lon !== null && c.lat !== null);
  const shades = useMemo(() => new Map(candidates.map((c, i) => [c.place_id, Math.max(1, DARKEST - i)])), [candidates]);
  const first = located[0];
  if (!first) return <p className="ac-panel ac-panel-body ac-muted ac-adr-map">{t('noMap')}</p>;
  const lons = located.map((c) => c.lon as number);
  const lats = located.map((c) => c.lat as number);
  const level =
    first.level === 'building' || first.level === 'unit'
      ? 'building'
      : first.level === 'compound'
        ? 'compound'
        : 'community';
  return (
    <div className="ac-mini-map ac-adr-map">
      <div className="ac-mini-canvas">
        <MapGuard fallback={<p className="ac-muted">{t('noMap')}</p>}>
          <Suspense fallback={<Loading />}>
            <MapCanvas
              key={`${mode}-${lang}-${candidates.map((c) => c.place_id).join()}`}
              mode={mode}
              lang={lang}
              level={level}
              layers={LAYERS}
              shades={shades}
              marks={[]}
              outlined={first.place_id}
              bounds={[
                Math.min(...lons) - AROUND,
                Math.min(...lats) - AROUND,
                Math.max(...lons) + AROUND,
                Math.max(...lats) + AROUND,
              ]}
              label={t('map')}
            />
          </Suspense>
        </MapGuard>
      </div>
    </div>
  );
}
