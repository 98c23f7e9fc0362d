import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { Incident, Phase, PhaseName } from '../../api/types';
import { ErrorPage, NotFoundPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatDay, formatInstant } from '../../shared/day';
import { FormDrawer } from '../../shared/FormDrawer';
import { nameIn } from '../../shared/format';
import { StateTag, Tag } from '../../shared/marks';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { EmptyState } from '../../shared/states';
import { DeclareForm } from './DeclareForm';
import { EditIncident } from './EditIncident';
import { PhaseTimeline } from './PhaseTimeline';
import { phaseBefore } from './phases';
import './phases.css';

export type Declaring = { placeId: string; present?: Phase; phase?: PhaseName };

/** Which phase is each place in, who declared it, and on what evidence? */
export function PhasesPage() {
  const { incidentId } = useParams({ from: '/incidents/$incidentId' });
  const incidents = useQuery(q.incidents());
  const incident = incidents.data?.items.find((i) => i.id === incidentId);
  if (incidents.isPending) return <Loading />;
  if (!incident) return <NotFoundPage />;
  return <Phases key={incident.id} incident={incident} />;
}

function Phases({ incident }: { incident: Incident }) {
  const { t } = useTranslation('incident');
  const lang = useLang();
  const can = useCan();
  const scope = useScope();
  const [declaring, setDeclaring] = useState<Declaring | null>(null);
  const query = useQuery(q.phases(incident.id));
  if (query.isError && !query.data) return <ErrorPage error={query.error} retry={() => query.refetch()} />;
  const phases = query.data?.items ?? [];
  const mayDeclare = can('incident.phase.declare');
  const declareAt = scope.incident?.id === incident.id && scope.placeId ? scope.placeId : incident.place_id;
  const declare = mayDeclare && (
    <Button type="primary" onClick={() => setDeclaring({ placeId: declareAt })}>
      {t('declare')}
    </Button>
  );
  return (
    <div className="ac-page">
      <PageHeader
        title={
          <span className="ac-row" style={{ gap: 12 }}>
            {nameIn(incident, lang)} <StateTag value={incident.status} />
            {can('incident.incident.update') && <EditIncident incident={incident} />}
          </span>
        }
        tabTitle={nameIn(incident, lang)}
        sub={[
          incident.place_name,
          incident.rules || [incident.pack, ...incident.overlays].join(' + '),
          `${t('facts.started')} ${formatDay(incident.started_on, lang, { year: true })}`,
          incident.time_zone,
        ].join(' · ')}
        tools={
          <>
            {scope.incident?.id !== incident.id && (
              <Button onClick={() => scope.setIncident(incident.id)}>{t('use')}</Button>
            )}
            {declare}
          </>
        }
      />
      {query.isPending ? (
        <Loading />
      ) : phases.length === 0 ? (
        <Panel>
          <EmptyState title={t('phasesNone')} why={t('phasesNoneWhy')} next={declare} />
        </Panel>
      ) : (
        <>
          <Panel title={t('phases')} flush>
            <PhaseTimeline
              incident={incident}
              phases={phases}
              onStepBack={
                mayDeclare
                  ? (present) => setDeclaring({ placeId: present.place_id, present, phase: phaseBefore(present.phase) })
                  : undefined
              }
            />
          </Panel>
          <Panel title={t('history')} flush>
            <History phases={phases} zone={incident.time_zone} />
          </Panel>
        </>
      )}
      <FormDrawer
        open={declaring !== null}
        onClose={() => setDeclaring(null)}
        size={520}
        title={t('declareForm.title')}
      >
        {declaring && (
          <DeclareForm incident={incident} phases={phases} start={declaring} onDone={() => setDeclaring(null)} />
        )}
      </FormDrawer>
    </div>
  );
}

function History({ phases, zone }: { phases: Phase[]; zone: string }) {
  const { t } = useTranslation(['incident', 'words']);
  const lang = useLang();
  const newest = [...phases].sort((a, b) =>
    a.starts_on === b.starts_on
      ? String(b.declared_at).localeCompare(String(a.declared_at))
      : a.starts_on < b.starts_on
        ? 1
        : -1,
  );
  const row = (label: string, text: string) =>
    text && (
      <>
        <dt>{label}</dt>
        <dd>{text}</dd>
      </>
    );
  return (
    <ol className="ac-declarations ac-history">
      {newest.map((p) => (
        <li key={p.id}>
          <div className="ac-declaration-head">
            <strong>{t(`words:phase.${p.phase}`)}</strong>
            <span>{p.place_name}</span>
            {p.stepped_back && (
              <Tag tone="warn" icon={<span aria-hidden>↩</span>}>
                {t('incident:steppedBack')}
              </Tag>
            )}
            <span className="ac-muted">
              {formatDay(p.starts_on, lang, { year: true })} –{' '}
              {p.ends_on ? formatDay(p.ends_on, lang, { year: true }) : t('incident:ongoing')}
            </span>
          </div>
          <dl className="ac-dl">
            {row(t('incident:entry.objectives'), p.objectives)}
            {row(t('incident:entry.evidence'), p.evidence)}
            {row(t('incident:entry.reason'), p.reason)}
            {row(
              t('incident:entry.by'),
              t('incident:byAt', { name: p.declared_by_name, at: formatInstant(p.declared_at, zone) }),
            )}
          </dl>
        </li>
      ))}
    </ol>
  );
}
