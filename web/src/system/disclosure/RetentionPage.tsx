import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMessage } from '../../api/message';
import { ForbiddenPage } from '../../app/ErrorPages';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { formatNumber, textIn } from '../../shared/format';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { EmptyState, ErrorState } from '../../shared/states';
import { type Retention, retention } from './queries';

type Category = 'resident' | 'non_resident' | 'traveller' | 'staff' | 'with_case';

/** What ends soon, what is held, what was erased. */
export function RetentionPage() {
  const { t } = useTranslation('privacy');
  const can = useCan();
  const [days, setDays] = useState(30);
  const query = useQuery({ ...retention(days), enabled: can('people.retention.view') });
  if (!can('people.retention.view')) return <ForbiddenPage />;
  return (
    <div className="ac-page">
      <PageHeader
        title={t('retention.title')}
        sub={t('retention.sub')}
        tools={
          <Segmented
            value={days}
            onChange={(v) => setDays(Number(v))}
            options={[7, 30, 90].map((n) => ({ value: n, label: t('retention.window', { n }) }))}
          />
        }
      />
      {query.error && <ErrorState error={query.error} retry={() => void query.refetch()} />}
      {query.data && <Content data={query.data} days={days} />}
    </div>
  );
}

function Content({ data, days }: { data: Retention; days: number }) {
  const { t } = useTranslation('privacy');
  const lang = useLang();
  const rows = (head: string[], body: (string | number)[][]) => (
    <div style={{ overflowX: 'auto' }}>
      <table className="ac-table">
        <thead>
          <tr>
            {head.map((h) => (
              <th key={h}>{h}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {body.map((r) => (
            <tr key={r.join('|')}>
              {r.map((c, i) => (
                <td key={head[i]} className={typeof c === 'number' ? 'ac-num' : undefined}>
                  {typeof c === 'number' ? formatNumber(c, lang) : c}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
  return (
    <div className="ac-stack">
      <Panel title={t('retention.ends', { n: days })}>
        {data.endings.length === 0 ? (
          <EmptyState title={t('retention.noneEnds', { n: days })} />
        ) : (
          rows(
            [t('retention.on'), t('retention.category'), t('retention.count')],
            data.endings.map((e) => [formatDay(e.on, lang), t(`retention.cat.${e.category as Category}`), e.count]),
          )
        )}
      </Panel>
      <Panel title={t('retention.holds')}>
        {data.holds.length === 0 ? (
          <p className="ac-muted">{t('retention.noneHolds')}</p>
        ) : (
          <Holds holds={data.holds} />
        )}
      </Panel>
      <Panel title={t('retention.rules')}>
        <dl className="ac-dl">
          {Object.entries(data.rules).map(([kind, rule]) => (
            <div key={kind} style={{ display: 'contents' }}>
              <dt>{t(`retention.cat.${kind as Category}`)}</dt>
              <dd>
                {rule.days > 0
                  ? t('retention.days', { count: rule.days })
                  : t('retention.whileDays', { while: textIn(rule.while, lang), count: rule.days_after })}
              </dd>
            </div>
          ))}
        </dl>
      </Panel>
      <Panel title={t('retention.runs')}>
        {data.runs.length === 0 ? (
          <p className="ac-muted">{t('retention.noneRuns')}</p>
        ) : (
          rows(
            [
              t('retention.on'),
              t('retention.erased'),
              t('retention.pseudonyms'),
              t('retention.held'),
              t('retention.proof'),
            ],
            data.runs.map((r) => [formatDay(r.on, lang), r.erased, r.pseudonyms, r.held, r.digest.slice(0, 16)]),
          )
        )}
      </Panel>
    </div>
  );
}

function Holds({ holds }: { holds: Retention['holds'] }) {
  const { t } = useTranslation('privacy');
  const lang = useLang();
  const can = useCan();
  const { modal, message } = App.useApp();
  const say = useMessage();
  const client = useQueryClient();
  async function release(id: string) {
    const yes = await modal.confirm({ title: t('retention.release'), content: t('retention.releaseText') });
    if (!yes) return;
    try {
      await api.delete(`/retention/holds/${id}`);
      await client.invalidateQueries({ queryKey: ['person', 'retention'] });
    } catch (e) {
      void message.error(say(e));
    }
  }
  return (
    <div className="ac-stack-s">
      {holds.map((h) => (
        <div className="ac-row-between" key={h.id} style={{ flexWrap: 'wrap' }}>
          <span>
            {t('retention.until')} {formatDay(h.until_on, lang)} · {h.reason}{' '}
            <span className="ac-faint ac-small">
              {t('retention.reviewer')} {h.reviewer} · {t('retention.by')} {h.set_by_name}
            </span>
          </span>
          {can('people.retention.release') && (
            <Button size="small" onClick={() => void release(h.id)}>
              {t('retention.release')}
            </Button>
          )}
        </div>
      ))}
    </div>
  );
}
