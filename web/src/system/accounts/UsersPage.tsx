import { PlusOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Input, Tabs } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { q } from '../../api/queries';
import type { List, User } from '../../api/types';
import { ForbiddenPage } from '../../app/ErrorPages';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { type DataColumn, DataTable } from '../../shared/DataTable';
import { formatInstant } from '../../shared/day';
import { FormDrawer } from '../../shared/FormDrawer';
import { textIn } from '../../shared/format';
import { StateTag, Tag } from '../../shared/marks';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { EmptyState, FilteredEmpty } from '../../shared/states';
import { CodeDialog, type IssuedCode } from './CodeDialog';
import { NewUserForm } from './NewUserForm';
import { RolesList } from './RolesList';
import { UserDrawer } from './UserDrawer';

export const usersKey = ['user'] as const;

/** Who may do what, and where? */
export function UsersPage() {
  const { t } = useTranslation('accounts');
  const can = useCan();
  const { tab } = useSearch({ from: '/users' });
  const navigate = useNavigate({ from: '/users' });
  const [creating, setCreating] = useState(false);
  const [code, setCode] = useState<IssuedCode | null>(null);
  if (!can('accounts.user.view')) return <ForbiddenPage />;
  return (
    <div className="ac-page">
      <PageHeader
        title={t('title')}
        sub={t('sub')}
        tools={
          can('accounts.user.create') && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
              {t('create')}
            </Button>
          )
        }
      />
      <Tabs
        activeKey={tab === 'roles' ? 'roles' : 'users'}
        onChange={(key) => void navigate({ search: (s) => ({ ...s, tab: key === 'users' ? undefined : key }) })}
        items={[
          { key: 'users', label: t('tabs.users'), children: <Users onCode={setCode} /> },
          ...(can('accounts.role.view') ? [{ key: 'roles', label: t('tabs.roles'), children: <RolesList /> }] : []),
        ]}
      />
      <FormDrawer open={creating} onClose={() => setCreating(false)} title={t('create')}>
        <NewUserForm
          onDone={(issued) => {
            setCreating(false);
            setCode(issued);
          }}
        />
      </FormDrawer>
      <CodeDialog issued={code} onClose={() => setCode(null)} />
    </div>
  );
}

function GrantTags({ user }: { user: User }) {
  const { t } = useTranslation('accounts');
  const lang = useLang();
  const roles = useQuery({ ...q.roles(), enabled: useCan()('accounts.role.view') });
  if (user.grants.length === 0) return <span className="ac-faint">{t('noGrants')}</span>;
  return user.grants.map((g) => {
    const role = roles.data?.items.find((r) => r.role === g.role);
    return (
      <span key={g.id} style={{ marginRight: 6 }}>
        <Tag>
          {t('grantAt', {
            role: textIn(role?.title, lang) || g.role,
            place: g.place_id ? g.place_name : t('everywhere'),
          })}
        </Tag>
      </span>
    );
  });
}

function Users({ onCode }: { onCode: (code: IssuedCode) => void }) {
  const { t } = useTranslation('accounts');
  const { q: text = '', user: openId } = useSearch({ from: '/users' });
  const navigate = useNavigate({ from: '/users' });
  const wanted = useDeferredValue(text);
  const query = useQuery({
    queryKey: [...usersKey, 'list', wanted],
    queryFn: ({ signal }) => api.get<List<User>>('/users', { q: wanted, limit: 200 }, signal),
    placeholderData: keepPreviousData,
  });
  const set = (change: { q?: string; user?: string }) =>
    void navigate({ replace: 'q' in change, search: (s) => ({ ...s, ...change }) });
  const columns: DataColumn<User>[] = [
    { key: 'name', title: t('col.name'), always: true, width: 180, render: (u) => u.display_name },
    {
      key: 'username',
      title: t('col.username'),
      width: 150,
      render: (u) => <span className="ac-mono">{u.username}</span>,
    },
    { key: 'grants', title: t('col.grants'), width: 380, render: (u) => <GrantTags user={u} /> },
    {
      key: 'mfa',
      title: t('col.mfa'),
      width: 120,
      render: (u) => (u.mfa ? <Tag tone="good">{t('mfaOn')}</Tag> : <Tag>{t('mfaOff')}</Tag>),
    },
    {
      key: 'state',
      title: t('col.state'),
      width: 120,
      render: (u) =>
        u.disabled ? (
          <StateTag value="disabled" />
        ) : u.active === false ? (
          <Tag tone="info">{t('notActive')}</Tag>
        ) : (
          <StateTag value="enabled" />
        ),
    },
    {
      key: 'seen',
      title: t('col.lastSeen'),
      width: 150,
      render: (u) => (u.last_seen_at ? formatInstant(u.last_seen_at) : <span className="ac-faint">{t('never')}</span>),
    },
  ];
  return (
    <Panel flush>
      <DataTable<User>
        id="users"
        columns={columns}
        rows={query.data?.items}
        rowKey={(u) => u.id}
        rowLabel={(u) => `${u.display_name} (${u.username})`}
        loading={query.isPending}
        error={query.error}
        retry={() => query.refetch()}
        total={query.data?.total}
        onOpen={(u) => set({ user: u.id })}
        openKey={openId}
        toolbar={
          <Input
            allowClear
            value={text}
            placeholder={t('search')}
            aria-label={t('search')}
            style={{ width: 260 }}
            onChange={(e) => set({ q: e.target.value || undefined })}
          />
        }
        empty={text ? <FilteredEmpty onClear={() => set({ q: undefined })} /> : <EmptyState title={t('none')} />}
      />
      <UserDrawer
        user={query.data?.items.find((u) => u.id === openId)}
        onClose={() => set({ user: undefined })}
        onCode={onCode}
      />
    </Panel>
  );
}
