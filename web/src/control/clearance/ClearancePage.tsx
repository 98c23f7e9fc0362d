import { PrinterOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Alert, Button, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { Clearance, Incident } from '../../api/types';
import { ErrorPage, ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useCan, useMe } from '../../app/session';
import { useLang } from '../../i18n';
import { DayPicker } from '../../shared/DayPicker';
import { formatDay, formatInstant } from '../../shared/day';
import { DrillLink } from '../../shared/FigureCard';
import { nameIn, textIn } from '../../shared/format';
import { StateTag } from '../../shared/marks';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { EmptyState } from '../../shared/states';
import { CriteriaTable } from './CriteriaTable';
import { countMet } from './criterion';
import { PastDays } from './PastDays';
import { Rounds } from './Rounds';
import './clearance.css';

/** Is this place clear on this day, and how do we know? */
export function ClearancePage() {
  const { t } = useTranslation(['clearance', 'overview']);
  const can = useCan();
  const { incident, placeId } = useScope();
  if (!can('clearance.view')) return <ForbiddenPage />;
  if (!incident) {
    return (
      <div className="ac-page">
        <PageHeader title={t('clearance:title')} />
        <EmptyState
          title={t('overview:noIncident')}
          why={t('overview:noIncidentWhy')}
          next={<DrillLink href="/incidents">{t('overview:noIncidentGo')}</DrillLink>}
        />
      </div>
    );
  }
  return placeId ? <Determination incident={incident} placeId={placeId} /> : <Loading />;
}

function OverlayChoice({ incident }: { incident: Incident }) {
  const { t } = useTranslation('clearance');
  const lang = useLang();
  const { overlays } = useSearch({ from: '/clearance' });
  const navigate = useNavigate({ from: '/clearance' });
  const packs = useQuery(q.packs());
  const choices = (packs.data?.items ?? []).filter((p) => p.kind === 'overlay');
  if (choices.length === 0) return null;
  const set = incident.overlays.join(',');
  return (
    <Select
      style={{ minWidth: 160 }}
      popupMatchSelectWidth={false}
      aria-label={t('overlays')}
      title={t('overlaysHint')}
      value={overlays ?? set}
      onChange={(value) =>
        void navigate({
          replace: true,
          search: (s) => ({ ...s, overlays: value === set ? undefined : value || '-' }),
        })
      }
      options={[
        ...(set.includes(',') ? [{ value: set, label: set }] : []),
        ...choices.map((p) => ({ value: p.id, label: textIn(p.title, lang) || p.id })),
        { value: set === '' ? '' : '-', label: t('overlaysBase') },
      ]}
    />
  );
}

function Determination({ incident, placeId }: { incident: Incident; placeId: string }) {
  const { t } = useTranslation(['clearance', 'shared']);
  const lang = useLang();
  const { on, place, setDay } = useScope();
  const { overlays } = useSearch({ from: '/clearance' });
  const navigate = useNavigate({ from: '/clearance' });
  const me = useMe();
  const at = { incident_id: incident.id, place_id: placeId, on };
  const query = useQuery({ ...q.clearance(at, overlays), placeholderData: (old) => old });
  const data = query.data;
  if (query.isError && !data) return <ErrorPage error={query.error} retry={() => query.refetch()} />;
  const name = place ? nameIn(place, lang) : (data?.place.name ?? '');
  const counted = data && countMet(data.criteria);

  return (
    <div className="ac-page" aria-busy={query.isFetching}>
      <PageHeader
        title={
          <span className="ac-row" style={{ gap: 12 }}>
            {t('clearance:title')}
            {data && counted && (
              <StateTag value={data.met ? 'met' : 'unmet'}>
                {data.met ? t('clearance:allMet') : t('clearance:met', { n: counted.met, m: counted.of })}
              </StateTag>
            )}
          </span>
        }
        tabTitle={t('clearance:title')}
        sub={t('clearance:sub', {
          place: name,
          day: formatDay(on, lang, { year: true, weekday: true }),
          pack: data?.pack ?? incident.rules,
        })}
        tools={
          <>
            <OverlayChoice incident={incident} />
            <DayPicker value={on} onChange={setDay} timeZone={incident.time_zone} min={incident.started_on} />
            <Button
              icon={<PrinterOutlined />}
              aria-label={t('clearance:print')}
              title={t('clearance:print')}
              onClick={() => window.print()}
            />
          </>
        }
      />
      {overlays && (
        <Alert
          type="info"
          showIcon
          title={t('clearance:trial')}
          action={
            <Button
              size="small"
              onClick={() => void navigate({ replace: true, search: (s) => ({ ...s, overlays: undefined }) })}
            >
              {t('clearance:trialBack')}
            </Button>
          }
        />
      )}
      {data ? (
        <>
          <Panel flush>
            <CriteriaTable criteria={data.criteria} />
          </Panel>
          <div className="ac-clearance-two">
            <Declaration data={data} incident={incident} />
            <PastDays incident={incident} placeId={placeId} on={on} onDay={setDay} />
          </div>
          <Rounds incident={incident} placeId={placeId} placeName={name} />
          <p className="ac-print-only ac-small">
            {t('clearance:printed', {
              at: formatInstant(Date.now() * 1000, incident.time_zone),
              name: me.user.display_name,
            })}
          </p>
        </>
      ) : (
        <Loading />
      )}
    </div>
  );
}

function Declaration({ data, incident }: { data: Clearance; incident: Incident }) {
  const { t } = useTranslation('clearance');
  const lang = useLang();
  const can = useCan();
  const { declaration } = data;
  return (
    <Panel title={t('declaration')}>
      <div className="ac-stack-s">
        <p>{textIn(declaration, lang) || (declaration.required ? '' : t('declarationNotRequired'))}</p>
        {declaration.required && <p className="ac-muted">{t('declarationNote')}</p>}
        {declaration.required && can('incident.phase.declare') && (
          <p className="ac-no-print">
            <DrillLink href={`/incidents/${incident.id}`}>{t('declareGo')}</DrillLink>
          </p>
        )}
        {data.facts_digest && (
          <p className="ac-small ac-faint" title={t('digestHint')}>
            {t('digest')}{' '}
            <span className="ac-mono" style={{ overflowWrap: 'anywhere' }}>
              {data.facts_digest}
            </span>
          </p>
        )}
      </div>
    </Panel>
  );
}
