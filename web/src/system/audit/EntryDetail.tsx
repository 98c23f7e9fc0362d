import { useTranslation } from 'react-i18next';
import type { AuditChange, AuditEntry } from '../../api/types';
import { formatInstant } from '../../shared/day';
import { StateTag, Tag } from '../../shared/marks';
import { subjectsOf } from './AuditPage';
import './audit.css';

/** One entry in full: who, when, why, and each field before and after. */
export function EntryDetail({ entry, zone }: { entry: AuditEntry; zone?: string }) {
  const { t } = useTranslation('audit');
  const changes = entry.changes ?? [];
  const row = (label: string, value: string, mono = false) =>
    value && (
      <>
        <dt>{label}</dt>
        <dd className={mono ? 'ac-mono' : undefined}>{value}</dd>
      </>
    );
  return (
    <div className="ac-stack">
      <dl className="ac-dl">
        {row(t('col.at'), formatInstant(entry.at, zone))}
        {row(t('col.actor'), entry.actor_name || entry.actor_id)}
        {row(t('col.operation'), entry.operation, true)}
        <dt>{t('col.outcome')}</dt>
        <dd>
          <StateTag value={entry.outcome === 'refused' ? 'refused' : 'done'}>
            {t(`outcome.${entry.outcome === 'refused' ? 'refused' : 'done'}`)}
          </StateTag>
        </dd>
        {row(t('col.reason'), entry.reason)}
        {row(t('col.subjects'), subjectsOf(entry).join(' '), true)}
        {row(t('place'), entry.place_path, true)}
        {row(t('col.request'), entry.request_id, true)}
      </dl>
      <section>
        <h2 style={{ marginBottom: 8 }}>{t('changes')}</h2>
        {changes.length === 0 ? (
          <p className="ac-muted">{t('noChanges')}</p>
        ) : (
          <div className="ac-stack">
            {changes.map((change, i) => (
              // Entries never change, so the position names the change.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <Change key={i} change={change} />
            ))}
          </div>
        )}
      </section>
      <p className="ac-small ac-faint" title={t('chain')}>
        {t('hash')}{' '}
        <span className="ac-mono" style={{ overflowWrap: 'anywhere' }}>
          {entry.hash}
        </span>
      </p>
    </div>
  );
}

/** The fields of one changed record, before and after. Also used by the history of a case. */
export function Change({ change }: { change: AuditChange }) {
  const { t } = useTranslation('audit');
  const fields = Object.entries(change.fields ?? {});
  const tone = change.kind === 'deleted' ? 'bad' : change.kind === 'created' ? 'good' : 'plain';
  return (
    <div>
      <div className="ac-row" style={{ marginBottom: 4 }}>
        <Tag tone={tone}>{t(`change.${change.kind}`)}</Tag>
        <span className="ac-mono ac-small">{change.ref}</span>
        {change.count !== undefined && change.count > 0 && (
          <span className="ac-muted">{t('count', { count: change.count })}</span>
        )}
      </div>
      {fields.length > 0 && (
        <div className="ac-scroll-x">
          <table className="ac-table ac-diff">
            <thead>
              <tr>
                <th scope="col">{t('field')}</th>
                <th scope="col">{t('from')}</th>
                <th scope="col">{t('to')}</th>
              </tr>
            </thead>
            <tbody>
              {fields.map(([name, value]) => (
                <tr key={name}>
                  <th scope="row" className="ac-mono">
                    {name}
                  </th>
                  {typeof value === 'object' && value !== null ? (
                    <>
                      <td className="ac-diff-from">
                        <Value value={value.from} />
                      </td>
                      <td className="ac-diff-to">
                        <Value value={value.to} />
                      </td>
                    </>
                  ) : (
                    <td colSpan={2} className="ac-faint">
                      {t('redacted')}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

function Value({ value }: { value: unknown }) {
  const { t } = useTranslation('audit');
  if (value === null || value === undefined || value === '') return <span className="ac-faint">{t('empty')}</span>;
  return <>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</>;
}
