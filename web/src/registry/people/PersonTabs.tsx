import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '../../api/types';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useLang } from '../../i18n';
import { formatDay, formatInstant } from '../../shared/day';
import { textIn } from '../../shared/format';
import { ClassMark } from '../../shared/marks';
import { Panel } from '../../shared/PageHeader';
import { EmptyState, ErrorState } from '../../shared/states';
import { folded } from './folded';
import { MemberTable } from './MemberTable';
import { peopleQuery } from './queries';
import type { Home, Person, PersonRow } from './types';
import { daySpan } from './words';

const frame = (s: { incident?: string; place?: string }) => ({ incident: s.incident, place: s.place });

/** The person among those behind the same door. */
export function HouseholdTab({ p }: { p: Person }) {
  const { t } = useTranslation('people');
  const doorId = p.household?.place_id || (p.place_level === 'household' ? p.place_id : '');
  if (!doorId) return <EmptyState title={t('household.none')} />;
  const self: PersonRow = { ...p, care: p.care.map((c) => c.need) };
  return (
    <Panel
      title={t('household.title')}
      flush
      tools={
        <Link to="/households/$placeId" params={{ placeId: doorId }} search={frame}>
          <Button>{t('household.open')}</Button>
        </Link>
      }
    >
      <MemberTable members={[self, ...p.housemates]} headId={p.household?.head_id ?? ''} hereId={p.id} />
    </Panel>
  );
}

/** What happened to the person, in order. */
export function ChronologyTab({ id }: { id: string }) {
  const { t } = useTranslation('people');
  const lang = useLang();
  const { incident } = useScope();
  const events = useQuery(peopleQuery.chronology(id));
  if (events.isError) return <ErrorState error={events.error} retry={() => events.refetch()} />;
  if (!events.data) return <Loading />;
  if (events.data.items.length === 0) return <EmptyState title={t('chronology.none')} />;
  return (
    <Panel title={t('tab.chronology')}>
      <ol className="ac-chronology">
        {events.data.items.map((e) => (
          <li key={`${e.kind}-${e.on}-${e.at}-${e.detail}`}>
            <span className="ac-muted">
              {e.on
                ? formatDay(e.on, lang, { year: true })
                : e.at
                  ? formatInstant(e.at, incident?.time_zone).slice(0, 10)
                  : '–'}
            </span>
            <span className="ac-dot" aria-hidden />
            <span>
              {textIn(e.title, lang)}
              {e.detail && <span className="ac-muted"> {e.detail}</span>}
              {e.by_name && <span className="ac-small ac-faint"> {e.by_name}</span>}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

/** Where the person lives now, and lived before. */
export function HomesTab({ p }: { p: Person }) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const lang = useLang();
  const line = (h: Home, now: boolean) => (
    <li key={`${h.place_id}-${h.from_on}-${h.to_on}`} data-key={now || undefined}>
      <span className="ac-muted">{now ? t('people:homes.now') : t('people:homes.earlier')}</span>
      <span className="ac-dot" aria-hidden />
      <span>
        {h.place_id ? (
          <Link to="/places/$placeId" params={{ placeId: h.place_id }} search={frame}>
            {h.trail || '–'}
          </Link>
        ) : (
          h.trail || '–'
        )}
        <span className="ac-small ac-muted">
          {' '}
          {daySpan(t, lang, h.from_on, h.to_on) || t('people:homes.unknown')}
          {h.reason && ` · ${h.reason}`}
        </span>
      </span>
    </li>
  );
  const now: Home = { place_id: p.place_id, trail: p.place_trail, from_on: p.home_since, to_on: '', reason: '' };
  return (
    <Panel title={t('people:tab.homes')}>
      <ol className="ac-chronology">
        {line(now, true)}
        {p.homes.map((h) => line(h, false))}
      </ol>
      {p.homes.length === 0 && <p className="ac-muted">{t('people:homes.none')}</p>}
    </Panel>
  );
}

/** Cases of the person in this incident, for those who may see cases. */
export function CasesTab({ p }: { p: Person }) {
  const { t } = useTranslation('people');
  const lang = useLang();
  const { incident } = useScope();
  const cases = useQuery(peopleQuery.cases(incident?.id, { person_id: p.id }));
  if (cases.isError) return <ErrorState error={cases.error} retry={() => cases.refetch()} />;
  if (incident && !cases.data) return <Loading />;
  const items = cases.data?.items ?? [];
  if (items.length === 0) return <EmptyState title={t('cases.none')} why={t('cases.noneWhy')} />;
  return (
    <Panel title={t('tab.cases')} flush>
      <ul className="ac-person-cards">
        {items.map((c) => (
          <li key={c.id}>
            <Link to="/cases/$caseId" params={{ caseId: c.id }} search={frame}>
              <span className="ac-row-between">
                <ClassMark value={c.classification} community={c.found_in_community} />
                <span className="ac-mono">{c.number}</span>
              </span>
              <span className="ac-small ac-muted">
                {formatDay(c.reported_on ?? c.counted_on, lang, { year: true })}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Who changed or read the file, when and why: straight from the audit trail. */
export function HistoryTab({ id }: { id: string }) {
  const { t } = useTranslation('people');
  const history = useQuery(peopleQuery.history(id));
  if (history.isError) return <ErrorState error={history.error} retry={() => history.refetch()} />;
  if (!history.data) return <Loading />;
  if (history.data.items.length === 0) return <EmptyState title={t('history.none')} />;
  return (
    <Panel title={t('history.title')}>
      <ul className="ac-history">
        {folded(history.data.items).map(({ entry, count }) => (
          <Entry key={entry.seq} entry={entry} count={count} id={id} />
        ))}
      </ul>
    </Panel>
  );
}

function Entry({ entry, count, id }: { entry: AuditEntry; count: number; id: string }) {
  const { t } = useTranslation('people');
  const { incident } = useScope();
  const look = t as unknown as (key: string, options: object) => string;
  const mine = (entry.changes ?? []).filter((change) => change.ref === `person:${id}`);
  const fields = mine.flatMap((change) => (change.kind === 'updated' ? Object.entries(change.fields ?? {}) : []));
  return (
    <li>
      <div className="ac-row-between">
        <span>
          <strong>{entry.actor_name || t('history.system')}</strong>{' '}
          {look(`operation.${entry.operation.replaceAll('.', '_')}`, { ns: 'people', defaultValue: entry.operation })}
          {entry.outcome === 'refused' && ` (${t('history.refused')})`}
          {count > 1 && <span className="ac-muted"> · {t('history.times', { count })}</span>}
        </span>
        <span className="ac-small ac-faint">{formatInstant(entry.at, incident?.time_zone)}</span>
      </div>
      {entry.reason && <p className="ac-muted">{t('history.reason', { reason: entry.reason })}</p>}
      {fields.length > 0 && (
        <ul className="ac-small ac-muted">
          {fields.map(([field, value]) => (
            <li key={field} style={{ border: 0, padding: 0 }}>
              {look(`field.${field}`, { ns: 'people', defaultValue: field })}:{' '}
              {typeof value === 'object' && value !== null
                ? `${said(value.from)} → ${said(value.to)}`
                : t('history.redacted')}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
const said = (value: unknown): string =>
  value === null || value === undefined || value === ''
    ? '–'
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
