import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMessage } from '../../api/message';
import type { Items, Session } from '../../api/types';
import { Loading } from '../../app/Loading';
import { formatInstant } from '../../shared/day';
import { Tag } from '../../shared/marks';
import { Panel } from '../../shared/PageHeader';
import { ErrorState } from '../../shared/states';
import { deviceName } from './device';

/** Where I am signed in; any other device can be signed out from here. */
export function SessionsPanel() {
  const { t } = useTranslation('accounts');
  const client = useQueryClient();
  const { message } = App.useApp();
  const write = useMessage();
  const query = useQuery({
    queryKey: ['self', 'sessions'],
    queryFn: ({ signal }) => api.get<Items<Session>>('/me/sessions', undefined, signal),
  });
  async function end(session: Session) {
    try {
      await api.delete(`/me/sessions/${session.id}`);
      void message.success(t('me.sessionEnded'));
    } catch (e) {
      void message.error(write(e), 6);
    }
    await client.invalidateQueries({ queryKey: ['self', 'sessions'] });
  }
  return (
    <Panel title={t('me.sessions')} flush>
      {query.isPending && <Loading />}
      {query.isError && <ErrorState error={query.error} retry={() => query.refetch()} />}
      <ul className="ac-list">
        {(query.data?.items ?? []).map((s) => (
          <li key={s.id}>
            <div style={{ minWidth: 0 }}>
              <div className="ac-row">
                <span title={s.user_agent}>{deviceName(s.user_agent)}</span>
                {s.current && <Tag tone="accent">{t('me.sessionCurrent')}</Tag>}
              </div>
              <div className="ac-small ac-muted">
                <span className="ac-mono">{s.ip}</span> · {t('me.sessionSince', { at: formatInstant(s.created_at) })} ·{' '}
                {t('me.sessionLast', { at: formatInstant(s.last_seen_at) })}
              </div>
            </div>
            {!s.current && (
              <Button size="small" onClick={() => void end(s)}>
                {t('me.sessionEnd')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
