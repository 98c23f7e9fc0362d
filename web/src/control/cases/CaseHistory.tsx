import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '../../api/types';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { formatInstant } from '../../shared/day';
import { Panel } from '../../shared/PageHeader';
import { ErrorState } from '../../shared/states';
import { caseQuery } from './queries';

/** Who changed or read the file, when and why: straight from the audit trail. */
export function CaseHistory({ id }: { id: string }) {
  const { t } = useTranslation('cases');
  const history = useQuery(caseQuery.history(id));
  return (
    <Panel title={t('history.title')}>
      {history.isError ? (
        <ErrorState error={history.error} retry={() => history.refetch()} />
      ) : !history.data ? (
        <Loading />
      ) : history.data.items.length === 0 ? (
        <p className="ac-muted">{t('history.none')}</p>
      ) : (
        <ul className="ac-history">
          {history.data.items.map((entry) => (
            <Entry key={entry.seq} entry={entry} id={id} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

const said = (value: unknown): string =>
  value === null || value === undefined || value === ''
    ? '–'
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);

function Entry({ entry, id }: { entry: AuditEntry; id: string }) {
  const { t } = useTranslation('cases');
  const { incident } = useScope();
  const mine = (entry.changes ?? []).filter((change) => change.ref === `case:${id}`);
  const fields = mine.flatMap((change) => (change.kind === 'updated' ? Object.entries(change.fields ?? {}) : []));
  const name = operationName(t as never, entry.operation);
  return (
    <li>
      <div className="ac-row-between">
        <span>
          <strong>{entry.actor_name || t('history.system')}</strong> {name}
          {entry.outcome === 'refused' && ` (${t('history.refused')})`}
        </span>
        <span className="ac-small ac-faint">{formatInstant(entry.at, incident?.time_zone)}</span>
      </div>
      {entry.reason && <p className="ac-muted">{t('history.reason', { reason: entry.reason })}</p>}
      {fields.length > 0 && (
        <ul className="ac-small ac-muted">
          {fields.map(([field, value]) => (
            <li key={field} style={{ border: 0, padding: 0 }}>
              {fieldName(t as never, field)}:{' '}
              {isPair(value) ? `${said(value.from)} → ${said(value.to)}` : t('history.redacted')}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function isPair(value: unknown): value is { from?: unknown; to?: unknown } {
  return typeof value === 'object' && value !== null;
}

type Look = (key: string, options: object) => string;
/** Operation and field names come from the record; unknown ones are shown as they are. */
function operationName(t: Look, operation: string): string {
  return t(`operation.${operation.replaceAll('.', '_')}`, { ns: 'cases', defaultValue: operation });
}
function fieldName(t: Look, field: string): string {
  return t(`field.${field}`, { ns: 'cases', defaultValue: field });
}
