import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMessage } from '../../api/message';
import { ForbiddenPage } from '../../app/ErrorPages';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatInstant } from '../../shared/day';
import { formatNumber } from '../../shared/format';
import { Tag } from '../../shared/marks';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { ErrorState } from '../../shared/states';
import { keys } from './queries';

/** The data keys, and changing them while everybody works. */
export function KeysPage() {
  const { t } = useTranslation('privacy');
  const lang = useLang();
  const can = useCan();
  const { modal, message } = App.useApp();
  const say = useMessage();
  const client = useQueryClient();
  const query = useQuery({ ...keys(), enabled: can('vault.key.view') });
  if (!can('vault.key.view')) return <ForbiddenPage />;
  async function rotate() {
    const yes = await modal.confirm({
      title: t('keys.rotate'),
      content: t('keys.rotateText'),
      okText: t('keys.rotate'),
    });
    if (!yes) return;
    try {
      await api.post('/keys');
      await client.invalidateQueries({ queryKey: ['keys'] });
    } catch (e) {
      void message.error(say(e));
    }
  }
  const open = query.data?.rotations.some((r) => r.state !== 'done');
  return (
    <div className="ac-page">
      <PageHeader
        title={t('keys.title')}
        sub={t('keys.sub')}
        tools={
          can('vault.key.rotate') && (
            <Button type="primary" disabled={open} onClick={() => void rotate()}>
              {t('keys.rotate')}
            </Button>
          )
        }
      />
      {query.error && <ErrorState error={query.error} retry={() => void query.refetch()} />}
      <div className="ac-stack">
        <Panel title={t('keys.key')}>
          <div className="ac-stack-s">
            {query.data?.keys.map((k) => (
              <div className="ac-row" key={k.id}>
                <span className="ac-mono">{k.id}</span>
                {k.current && <Tag tone="good">{t('keys.current')}</Tag>}
                <span className="ac-muted">
                  {t('keys.from')} {formatInstant(k.current_from)}
                </span>
                <span className="ac-faint ac-small ac-mono">
                  {t('keys.master')} {k.master_id}
                </span>
              </div>
            ))}
          </div>
        </Panel>
        <Panel title={t('keys.history')}>
          <div className="ac-stack-s">
            {query.data?.rotations.map((r) => (
              <div className="ac-row" key={r.id} style={{ flexWrap: 'wrap' }}>
                <span className="ac-mono">→ {r.key_id}</span>
                <Tag tone={r.state === 'done' ? 'good' : 'info'}>{t(`keys.state.${r.state}`)}</Tag>
                <span>
                  {r.state === 'running'
                    ? t('keys.progress', { pass: r.pass, table: r.table, n: formatNumber(r.resealed, lang) })
                    : t('keys.sealedAgain', { n: formatNumber(r.resealed, lang) })}
                  {r.left > 0 && ` · ${t('keys.left', { n: r.left })}`}
                </span>
                <span className="ac-faint ac-small">
                  {r.started_by} · {formatInstant(r.started_at)}
                </span>
              </div>
            ))}
          </div>
        </Panel>
      </div>
    </div>
  );
}
