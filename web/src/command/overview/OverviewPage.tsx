import { PrinterOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ComponentType, lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { Incident, Situation } from '../../api/types';
import { ErrorPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { homeOf } from '../../app/pages';
import { useScope } from '../../app/scope';
import { useCan, useMe } from '../../app/session';
import { useLang } from '../../i18n';
import { DayPicker } from '../../shared/DayPicker';
import { addDays, formatCutOff, formatDay, today } from '../../shared/day';
import { Definition } from '../../shared/FigureCard';
import { nameIn, textIn } from '../../shared/format';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { EmptyState } from '../../shared/states';
import { AllClearPanel } from './AllClearPanel';
import { Attention } from './Attention';
import { ByPlace } from './ByPlace';
import { NewInfections } from './NewInfections';
import './overview.css';

type MiniMapProps = { incidentId: string; placeId: string; on: string };
// The small map belongs to the map's own folder; without it the panel is left out.
const miniMaps = import.meta.glob<{ MiniMap: ComponentType<MiniMapProps> }>('../../control/map/MiniMap.tsx');
const loadMiniMap = Object.values(miniMaps)[0];
const MiniMap = loadMiniMap ? lazy(async () => ({ default: (await loadMiniMap()).MiniMap })) : undefined;

/** What happened, what needs a person, and how far the all-clear is. */
export function OverviewPage() {
  const { t } = useTranslation('overview');
  const can = useCan();
  const { operations } = useMe();
  const { incident, placeId } = useScope();
  if (!can('situation.view')) return <Navigate to={homeOf(operations) as '/'} replace />;
  if (!incident) {
    return (
      <div className="ac-page">
        <PageHeader title={t('title')} />
        <EmptyState
          title={t('noIncident')}
          why={t('noIncidentWhy')}
          next={
            can('incident.incident.create') && (
              <Link to="/incidents">
                <Button type="primary">{t('noIncidentGo')}</Button>
              </Link>
            )
          }
        />
      </div>
    );
  }
  return placeId ? <Overview incident={incident} placeId={placeId} /> : <Loading />;
}

function AsOf({ situation }: { situation: Situation }) {
  const { t } = useTranslation('overview');
  const lang = useLang();
  const { expected, reported, note } = situation.completeness;
  const complete = expected > 0 && reported >= expected;
  return (
    <span>
      {t('cutOff', { at: formatCutOff(situation.cut_off) })}
      {expected > 0 && ` · ${complete ? t('allReported', { expected }) : t('reported', { expected, reported })}`}{' '}
      {textIn(note, lang) !== '' && <Definition text={note} />}
      <span className="ac-faint"> · {t('rules', { rules: situation.rules })}</span>
    </span>
  );
}

function Overview({ incident, placeId }: { incident: Incident; placeId: string }) {
  const { t } = useTranslation(['overview', 'shared']);
  const lang = useLang();
  const can = useCan();
  const { on, place, setDay } = useScope();
  const at = { incident_id: incident.id, place_id: placeId, on };
  const situation = useQuery(q.situation(at));
  const name = place ? nameIn(place, lang) : (situation.data?.place.name ?? '');
  const zone = incident.time_zone;
  const isYesterday = on === addDays(today(zone), -1);

  if (situation.isError && !situation.data)
    return <ErrorPage error={situation.error} retry={() => situation.refetch()} />;
  return (
    <div className="ac-page">
      <PageHeader
        title={t('overview:lead', { place: name, day: formatDay(on, lang, { year: true, weekday: true }) })}
        tabTitle={t('overview:title')}
        sub={situation.data ? <AsOf situation={situation.data} /> : ' '}
        tools={
          <>
            <DayPicker value={on} onChange={setDay} timeZone={zone} min={incident.started_on} />
            <Button icon={<PrinterOutlined />} onClick={() => window.print()} aria-label={t('shared:print')} />
          </>
        }
      />
      {situation.isPending ? (
        <Loading />
      ) : (
        <div className="ac-overview">
          <div className="ac-overview-column">
            <div className="ac-overview-attention">
              <Attention incident={incident} placeId={placeId} placeName={name} on={on} situation={situation.data} />
            </div>
            {can('clearance.view') && (
              <div className="ac-overview-clearance">
                <AllClearPanel at={at} />
              </div>
            )}
            {MiniMap && (
              <div className="ac-overview-map">
                <Panel title={t('overview:map')} flush>
                  <Suspense fallback={<Loading />}>
                    <MiniMap incidentId={incident.id} placeId={placeId} on={on} />
                  </Suspense>
                </Panel>
              </div>
            )}
          </div>
          <div className="ac-overview-column">
            <div className="ac-overview-new">
              <NewInfections
                incident={incident}
                placeId={placeId}
                on={on}
                situation={situation.data}
                title={isYesterday ? t('overview:newYesterday') : t('overview:newOn', { day: formatDay(on, lang) })}
              />
            </div>
            <div className="ac-overview-places">
              <ByPlace at={at} />
            </div>
          </div>
        </div>
      )}
    </div>
  );
}
