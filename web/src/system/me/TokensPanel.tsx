import { PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, DatePicker, Form, Input, Modal, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMessage } from '../../api/message';
import type { Items, Token } from '../../api/types';
import { Loading } from '../../app/Loading';
import { useCan, useMe } from '../../app/session';
import { formatInstant } from '../../shared/day';
import { FormDrawer } from '../../shared/FormDrawer';
import { FormError, useIdempotencyKey, useSubmit } from '../../shared/form';
import { Panel } from '../../shared/PageHeader';
import { CopyButton, Secret } from '../../shared/Secret';
import { ErrorState } from '../../shared/states';

const KEY = ['self', 'tokens'];
/** The server's limit: a token lives a year at most. */
const MAX_DAYS = 365;

/** Tokens for programs that act in my name. */
export function TokensPanel() {
  const { t } = useTranslation('accounts');
  const can = useCan();
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const write = useMessage();
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState<Token | null>(null);
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => api.get<Items<Token>>('/me/tokens', undefined, signal),
  });
  async function revoke(token: Token) {
    const sure = await modal.confirm({
      title: t('me.tokenRevokeTitle', { name: token.name }),
      content: t('me.tokenRevokeText'),
      okText: t('me.tokenRevoke'),
      okButtonProps: { danger: true },
    });
    if (!sure) return;
    try {
      await api.delete(`/me/tokens/${token.id}`);
      void message.success(t('me.tokenRevoked'));
    } catch (e) {
      void message.error(write(e), 6);
    }
    await client.invalidateQueries({ queryKey: KEY });
  }
  const tokens = query.data?.items ?? [];
  return (
    <Panel
      flush
      title={t('me.tokens')}
      tools={
        can('accounts.token.create') && (
          <Button icon={<PlusOutlined />} onClick={() => setCreating(true)}>
            {t('me.tokenNew')}
          </Button>
        )
      }
    >
      <p className="ac-muted" style={{ padding: '10px 16px 0' }}>
        {t('me.tokensText')}
      </p>
      {query.isPending && <Loading />}
      {query.isError && <ErrorState error={query.error} retry={() => query.refetch()} />}
      {query.data && tokens.length === 0 && (
        <p className="ac-faint" style={{ padding: 16 }}>
          {t('me.tokensNone')}
        </p>
      )}
      <ul className="ac-list">
        {tokens.map((token) => (
          <li key={token.id}>
            <div style={{ minWidth: 0 }}>
              <div>{token.name}</div>
              <div className="ac-small ac-muted">
                {t('me.tokenExpiresAt', { at: token.expires_on ?? formatInstant(token.expires_at) })} ·{' '}
                {token.last_used_at
                  ? t('me.tokenUsed', { at: formatInstant(token.last_used_at) })
                  : t('me.tokenUnused')}
              </div>
              <div className="ac-small ac-mono ac-faint" style={{ overflowWrap: 'anywhere' }}>
                {token.operations.join(' · ')}
              </div>
            </div>
            {can('accounts.token.revoke') && (
              <Button size="small" onClick={() => void revoke(token)}>
                {t('me.tokenRevoke')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <FormDrawer open={creating} onClose={() => setCreating(false)} title={t('me.tokenNew')}>
        <TokenForm
          onDone={(token) => {
            setCreating(false);
            setMade(token);
            void client.invalidateQueries({ queryKey: KEY });
          }}
        />
      </FormDrawer>
      <Modal
        open={made !== null}
        title={made?.name}
        closable={false}
        mask={{ closable: false }}
        keyboard={false}
        footer={
          <>
            <CopyButton text={made?.token ?? ''} />
            <Button type="primary" onClick={() => setMade(null)}>
              {t('me.recoveryDone')}
            </Button>
          </>
        }
      >
        <p style={{ marginBottom: 12 }}>{t('me.tokenOnce')}</p>
        <Secret text={made?.token ?? ''} />
      </Modal>
    </Panel>
  );
}

/** Accounts are changed in person; a program may at most look at them. The server holds the same rule. */
function forToken(operation: string): boolean {
  return !operation.startsWith('accounts.') || operation.endsWith('.view');
}

function TokenForm({ onDone }: { onDone: (token: Token) => void }) {
  const { t } = useTranslation(['accounts', 'shared']);
  const me = useMe();
  const [form] = Form.useForm<{ name: string; operations: string[]; expires_on: Dayjs }>();
  const { key } = useIdempotencyKey();
  const { submit, busy, error } = useSubmit(form, async (v) => {
    const body = { name: v.name.trim(), operations: v.operations, expires_on: v.expires_on.format('YYYY-MM-DD') };
    onDone(await api.post<Token>('/me/tokens', body, { idempotencyKey: key }));
  });
  const required = [{ required: true, message: t('shared:required') }];
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={submit}
      initialValues={{ expires_on: dayjs().add(90, 'day') }}
    >
      <FormError error={error} />
      <Form.Item name="name" label={t('accounts:me.tokenName')} extra={t('accounts:me.tokenNameHint')} rules={required}>
        <Input maxLength={80} autoFocus />
      </Form.Item>
      <Form.Item name="operations" label={t('accounts:me.tokenOperations')} rules={required}>
        <Select
          mode="multiple"
          options={me.operations
            .filter(forToken)
            .sort()
            .map((o) => ({ value: o, label: o }))}
        />
      </Form.Item>
      <Form.Item
        name="expires_on"
        label={t('accounts:me.tokenExpires')}
        extra={t('accounts:me.tokenExpiresHint')}
        rules={required}
      >
        <DatePicker
          style={{ width: 180 }}
          disabledDate={(d) => d.isBefore(dayjs(), 'day') || d.isAfter(dayjs().add(MAX_DAYS, 'day'), 'day')}
        />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('accounts:me.tokenCreate')}
      </Button>
    </Form>
  );
}
