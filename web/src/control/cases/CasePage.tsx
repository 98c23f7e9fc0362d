import { EditOutlined, PrinterOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { Case } from '../../api/types';
import { ErrorPage, ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatDay, formatInstant } from '../../shared/day';
import { nameIn, textIn } from '../../shared/format';
import { ClassMark, Tag } from '../../shared/marks';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { ErrorState } from '../../shared/states';
import { CaseFacts, CountedText } from './CaseFacts';
import { CaseHistory } from './CaseHistory';
import { caseQuery } from './queries';
import { ReclassifyDialog } from './ReclassifyDialog';
import { RevealIdentity } from './RevealIdentity';
import { codeWord } from './words';
import './cases.css';

/** One case: how it stands, what happened in order, and who changed or read it. */
export function CasePage() {
  const { caseId } = useParams({ from: '/cases/$caseId' });
  const can = useCan();
  const found = useQuery({ ...caseQuery.one(caseId), enabled: can('cases.case.view') });
  if (!can('cases.case.view')) return <ForbiddenPage />;
  if (found.isError && !found.data) return <ErrorPage error={found.error} retry={() => found.refetch()} />;
  return found.data ? <CaseFile key={caseId} c={found.data} /> : <Loading />;
}

function CaseFile({ c }: { c: Case }) {
  const { t } = useTranslation(['cases', 'words', 'shared']);
  const can = useCan();
  const [dialog, setDialog] = useState(false);
  return (
    <div className="ac-page">
      <PageHeader
        title={
          <span className="ac-case-head">
            <ClassMark value={c.classification} community={c.found_in_community} />
            <span className="ac-mono">{c.number}</span>
            <Tag tone={c.outcome === 'under_care' ? 'info' : 'plain'}>{codeWord(t, 'outcome', c.outcome)}</Tag>
          </span>
        }
        tabTitle={c.number}
        sub={<CountedText c={c} />}
        tools={
          <>
            {can('cases.case.classify') && (
              <Button type="primary" onClick={() => setDialog(true)}>
                {t('cases:reclassify.open')}
              </Button>
            )}
            {can('cases.case.update') && (
              <Link
                to="/cases/$caseId/edit"
                params={{ caseId: c.id }}
                search={(s) => ({ incident: s.incident, place: s.place })}
              >
                <Button icon={<EditOutlined aria-hidden />}>{t('shared:edit')}</Button>
              </Link>
            )}
            <Button
              icon={<PrinterOutlined aria-hidden />}
              aria-label={t('shared:print')}
              onClick={() => window.print()}
            />
          </>
        }
      />
      <RevealIdentity c={c} />
      <div className="ac-case-grid">
        <div>
          <Panel title={t('cases:facts')}>
            <CaseFacts c={c} />
          </Panel>
          <PlaceTrail c={c} />
          <Notes c={c} />
        </div>
        <div>
          <Chronology id={c.id} />
          <Classifications id={c.id} />
          <CaseHistory id={c.id} />
        </div>
      </div>
      {dialog && <ReclassifyDialog c={c} onClose={() => setDialog(false)} />}
    </div>
  );
}

function PlaceTrail({ c }: { c: Case }) {
  const { t } = useTranslation(['cases', 'words']);
  const lang = useLang();
  const can = useCan();
  const place = useQuery({ ...q.place(c.place_id), enabled: can('places.place.view') });
  const trail = place.data ? [...place.data.ancestors, place.data] : [];
  return (
    <Panel title={t('cases:placeTitle')}>
      {trail.length === 0 ? (
        <p>{c.place_trail || c.place_name}</p>
      ) : (
        <ol className="ac-place-steps">
          {trail.map((p) => (
            <li key={p.id}>
              <span className="ac-muted ac-small">{t(`words:level.${p.level}`)}</span>
              <Link
                to="/places/$placeId"
                params={{ placeId: p.id }}
                search={(s) => ({ incident: s.incident, place: s.place })}
              >
                {nameIn(p, lang)}
              </Link>
            </li>
          ))}
        </ol>
      )}
      <p style={{ marginTop: 8 }}>
        <Link
          to="/map"
          search={(s) => ({ incident: s.incident, place: s.place, sel: c.place_id, on: c.counted_on || undefined })}
        >
          {t('cases:onMap')}
        </Link>
      </p>
    </Panel>
  );
}

/** Free text and the columns of the source that have no field here. */
function Notes({ c }: { c: Case }) {
  const { t } = useTranslation('cases');
  const extra = Object.entries(c.extra ?? {}).filter(([, value]) => value !== '');
  if (!c.exposure && extra.length === 0 && !c.import_id) return null;
  return (
    <Panel title={t('notes')}>
      <dl className="ac-dl">
        {c.exposure && (
          <>
            <dt>{t('field.exposure')}</dt>
            <dd style={{ whiteSpace: 'pre-wrap' }}>{c.exposure}</dd>
          </>
        )}
        {extra.map(([name, value]) => (
          <Pair key={name} name={name} value={value} />
        ))}
        {c.import_id && (
          <>
            <dt>{t('field.import')}</dt>
            <dd>
              <Link
                to="/imports/$importId"
                params={{ importId: c.import_id }}
                search={(s) => ({ incident: s.incident, place: s.place })}
              >
                {t('openImport')}
              </Link>
            </dd>
          </>
        )}
      </dl>
    </Panel>
  );
}
function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Chronology({ id }: { id: string }) {
  const { t } = useTranslation('cases');
  const lang = useLang();
  const { incident } = useScope();
  const events = useQuery(caseQuery.chronology(id));
  const year = events.data?.items.find((e) => e.on)?.on?.slice(0, 4);
  return (
    <Panel title={t('chronology')}>
      {events.isError ? (
        <ErrorState error={events.error} retry={() => events.refetch()} />
      ) : !events.data ? (
        <Loading />
      ) : (
        <ol className="ac-chronology">
          {events.data.items.map((e) => (
            <li key={`${e.kind}-${e.on}-${e.at}`} data-key={/classified/.test(e.kind) || undefined}>
              <span className="ac-muted">
                {e.on ? formatDay(e.on, lang, { year: e.on.slice(0, 4) !== year }) : '–'}
              </span>
              <span className="ac-dot" aria-hidden />
              <span>
                {textIn(e.title, lang)}
                {e.detail && <span className="ac-muted"> {e.detail}</span>}
                {e.by_name && (
                  <span className="ac-small ac-faint">
                    {' '}
                    {e.by_name}
                    {e.at ? ` · ${formatInstant(e.at, incident?.time_zone)}` : ''}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

/** Each classification the case has had, with day, reason and who decided. */
function Classifications({ id }: { id: string }) {
  const { t } = useTranslation('cases');
  const lang = useLang();
  const events = useQuery(caseQuery.chronology(id));
  const rows = (events.data?.items ?? []).filter((e) => e.kind === 'classified' || e.kind === 'reclassified');
  if (rows.length < 2) return null;
  return (
    <Panel title={t('classifications')} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="ac-scroll-x" tabIndex={0} aria-label={t('classifications')}>
        <table className="ac-table">
          <thead>
            <tr>
              <th>{t('reclassify.on')}</th>
              <th>{t('field.classification')}</th>
              <th>{t('reclassify.reason')}</th>
              <th>{t('by')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((e) => (
              <tr key={`${e.kind}-${e.on}-${e.at}`}>
                <td className="ac-nowrap">{formatDay(e.on, lang, { year: true })}</td>
                <td>{textIn(e.title, lang)}</td>
                <td>{e.detail || '–'}</td>
                <td>{e.by_name || '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}
