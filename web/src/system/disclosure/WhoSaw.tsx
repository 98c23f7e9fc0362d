import { PrinterOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatInstant } from '../../shared/day';
import { textIn } from '../../shared/format';
import { Tag } from '../../shared/marks';
import { Panel } from '../../shared/PageHeader';
import { ErrorState } from '../../shared/states';
import type { Disclosure } from './queries';
import './statement.css';

/**
 * Who looked at a person, revealed them or took them out in a file, for the page of the
 * person. Asking is itself kept in the trail, so the list is fetched only on request.
 */
export function WhoSaw({ personId, nameMasked }: { personId: string; nameMasked: string }) {
  const { t } = useTranslation('privacy');
  const can = useCan();
  const [shown, setShown] = useState(false);
  if (!can('disclosure.person.view')) return null;
  return (
    <Panel
      title={t('who.title')}
      tools={
        !shown && (
          <Button size="small" className="ac-no-print" onClick={() => setShown(true)}>
            {t('who.show')}
          </Button>
        )
      }
    >
      {shown ? (
        <Looks personId={personId} nameMasked={nameMasked} />
      ) : (
        <p className="ac-muted ac-small">{t('who.hint')}</p>
      )}
    </Panel>
  );
}

function Looks({ personId, nameMasked }: { personId: string; nameMasked: string }) {
  const { t } = useTranslation('privacy');
  const lang = useLang();
  const query = useQuery({
    queryKey: ['disclosures', personId],
    queryFn: ({ signal }) =>
      api.get<{ items: Disclosure[]; at: string }>(`/people/${personId}/disclosures`, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY, // asking again would be one more entry in the trail
  });
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <p className="ac-muted">…</p>;
  const { items, at } = query.data;
  return (
    <div className="ac-statement ac-stack-s">
      <div className="ac-print-only">
        <h1>{t('who.statement')}</h1>
        <p>{nameMasked}</p>
        <p>{t('who.statementText')}</p>
        <p>{t('who.made', { at: formatInstant(at) })}</p>
      </div>
      {items.length === 0 ? (
        <p>{t('who.none')}</p>
      ) : (
        <div style={{ overflowX: 'auto' }}>
          <table className="ac-table">
            <thead>
              <tr>
                <th>{t('who.at')}</th>
                <th>{t('who.kind')}</th>
                <th>{t('who.by')}</th>
                <th>{t('who.reason')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((d) => (
                <tr key={`${d.at}${d.kind}${d.actor_name}${d.export}`}>
                  <td>{formatInstant(d.at)}</td>
                  <td>
                    <Tag tone={d.plain ? 'warn' : 'plain'}>{t(`who.kinds.${d.kind}`)}</Tag>{' '}
                    {d.kind === 'exported' && d.plain && t('who.plain')}{' '}
                    <span className="ac-mono ac-small">{d.export}</span>
                  </td>
                  <td>
                    {d.actor_name}{' '}
                    <span className="ac-faint ac-small">{(d.roles ?? []).map((r) => textIn(r, lang)).join(', ')}</span>
                  </td>
                  <td>{d.reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div className="ac-no-print">
        <Button icon={<PrinterOutlined aria-hidden />} onClick={() => window.print()}>
          {t('who.print')}
        </Button>
      </div>
    </div>
  );
}
