import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Drawer, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMessage } from '../../api/message';
import { q } from '../../api/queries';
import type { Grant, OneTimeCode, User } from '../../api/types';
import { useCan, useMe } from '../../app/session';
import { useLang } from '../../i18n';
import { formatInstant } from '../../shared/day';
import { textIn } from '../../shared/format';
import { StateTag, Tag } from '../../shared/marks';
import type { IssuedCode } from './CodeDialog';
import { GrantForm } from './GrantForm';
import { usersKey } from './UsersPage';

type Props = { user: User | undefined; onClose: () => void; onCode: (code: IssuedCode) => void };

export function UserDrawer({ user, onClose, onCode }: Props) {
  return (
    <Drawer
      open={user !== undefined}
      onClose={onClose}
      size={480}
      title={user && <UserName user={user} />}
      destroyOnHidden
      mask={false}
      styles={{ wrapper: { maxWidth: '100vw' } }}
    >
      {user && <UserDetail key={user.id} user={user} onCode={onCode} />}
    </Drawer>
  );
}

/** Runs a change and says what came of it; every list of users is asked again. */
function useAct() {
  const client = useQueryClient();
  const { message } = App.useApp();
  const write = useMessage();
  return async (act: () => Promise<unknown>, done?: string) => {
    try {
      await act();
      if (done) void message.success(done);
    } catch (e) {
      void message.error(write(e), 6);
    }
    await client.invalidateQueries({ queryKey: usersKey });
  };
}

/** The name in the panel's title; it can be corrected there. */
function UserName({ user }: { user: User }) {
  const { t } = useTranslation('accounts');
  const can = useCan();
  const act = useAct();
  if (!can('accounts.user.update')) return <>{user.display_name}</>;
  const rename = (text: string) => {
    const display_name = text.trim();
    if (display_name === '' || display_name === user.display_name) return;
    void act(() => api.patch(`/users/${user.id}`, { display_name }, { ifMatch: user.version }), t('detail.saved'));
  };
  return (
    <Typography.Text editable={{ tooltip: t('detail.rename'), onChange: rename }}>{user.display_name}</Typography.Text>
  );
}

function UserDetail({ user, onCode }: { user: User; onCode: (code: IssuedCode) => void }) {
  const { t } = useTranslation('accounts');
  const can = useCan();
  const me = useMe();
  const act = useAct();
  const { modal } = App.useApp();
  const self = me.user.id === user.id;
  const name = user.display_name;

  async function setDisabled(disabled: boolean) {
    if (
      disabled &&
      !(await modal.confirm({
        title: t('detail.disableTitle', { name }),
        content: t('detail.disableText'),
        okText: t('detail.disable'),
        okButtonProps: { danger: true },
      }))
    )
      return;
    await act(
      () => api.patch(`/users/${user.id}`, { disabled }, { ifMatch: user.version }),
      t(disabled ? 'detail.disabled' : 'detail.enabled', { name }),
    );
  }
  async function reset() {
    if (
      !(await modal.confirm({
        title: t('detail.resetTitle', { name }),
        content: t('detail.resetText'),
        okText: t('detail.reset'),
      }))
    )
      return;
    await act(async () => {
      const made = await api.post<OneTimeCode>(`/users/${user.id}/reset`);
      onCode({ name, code: made.one_time_code, expires_at: made.expires_at, reason: 'reset' });
    });
  }
  return (
    <div className="ac-stack">
      <div className="ac-row">
        {user.disabled ? <StateTag value="disabled" /> : <StateTag value="enabled" />}
        <span className="ac-mono">{user.username}</span>
        {user.mfa ? (
          <Tag tone="good">{`${t('col.mfa')} · ${t('mfaOn')}`}</Tag>
        ) : (
          <Tag>{`${t('col.mfa')} · ${t('mfaOff')}`}</Tag>
        )}
      </div>
      <p className="ac-muted">
        {t('detail.created', { at: formatInstant(user.created_at) })}
        {' · '}
        {user.last_seen_at ? `${t('col.lastSeen')} ${formatInstant(user.last_seen_at)}` : t('never')}
      </p>
      <Grants user={user} act={act} locked={self} />
      {can('accounts.grant.create') && !self && !user.disabled && <GrantForm user={user} />}
      {self && <p className="ac-muted">{t('detail.self')}</p>}
      <div className="ac-row" style={{ borderTop: '1px solid var(--ac-line)', paddingTop: 16 }}>
        {can('accounts.user.reset') && !self && <Button onClick={() => void reset()}>{t('detail.reset')}</Button>}
        {can('accounts.user.disable') &&
          !self &&
          (user.disabled ? (
            <Button onClick={() => void setDisabled(false)}>{t('detail.enable')}</Button>
          ) : (
            <Button danger onClick={() => void setDisabled(true)}>
              {t('detail.disable')}
            </Button>
          ))}
      </div>
    </div>
  );
}

function Grants({ user, act, locked }: { user: User; act: ReturnType<typeof useAct>; locked: boolean }) {
  const { t } = useTranslation('accounts');
  const lang = useLang();
  const can = useCan();
  const { modal } = App.useApp();
  const roles = useQuery({ ...q.roles(), enabled: can('accounts.role.view') });
  const titleOf = (g: Grant) => textIn(roles.data?.items.find((r) => r.role === g.role)?.title, lang) || g.role;
  async function revoke(g: Grant) {
    const role = titleOf(g);
    const sure = await modal.confirm({
      title: t('detail.revokeTitle', { role, name: user.display_name }),
      content: t('detail.revokeText'),
      okText: t('detail.revoke'),
    });
    if (sure) await act(() => api.delete(`/users/${user.id}/grants/${g.id}`), t('detail.revoked'));
  }
  return (
    <section>
      <h2 style={{ marginBottom: 4 }}>{t('detail.grants')}</h2>
      {user.grants.length === 0 && <p className="ac-muted">{t('noGrants')}</p>}
      <ul>
        {user.grants.map((g) => (
          <li
            key={g.id}
            className="ac-row-between"
            style={{ borderBottom: '1px solid var(--ac-line)', padding: '6px 0' }}
          >
            <span>
              <strong style={{ fontWeight: 600 }}>{titleOf(g)}</strong>{' '}
              <span className="ac-muted">{g.place_id ? g.place_name : t('everywhere')}</span>{' '}
              {g.until ? (
                <span className="ac-small ac-faint">{t('grantUntil', { day: formatInstant(g.until) })}</span>
              ) : null}
            </span>
            {can('accounts.grant.delete') && !locked && (
              <Button size="small" type="text" onClick={() => void revoke(g)}>
                {t('detail.revoke')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
