import { useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { OneTimeCode, User } from '../../api/types';
import { FormError, useIdempotencyKey, useSubmit, useUnsavedWarning } from '../../shared/form';
import type { IssuedCode } from './CodeDialog';
import { usersKey } from './UsersPage';

type Values = { username: string; display_name: string; language: string };

/** A new account. The person sets the password with the one-time code; nobody else ever knows it. */
export function NewUserForm({ onDone }: { onDone: (issued: IssuedCode) => void }) {
  const { t } = useTranslation(['accounts', 'app', 'shared']);
  const client = useQueryClient();
  const [form] = Form.useForm<Values>();
  const [dirty, setDirty] = useState(false);
  const { key } = useIdempotencyKey();
  const { submit, busy, error } = useSubmit(form, async (v) => {
    const made = await api.post<{ user: User } & OneTimeCode>(
      '/users',
      { ...v, display_name: v.display_name.trim() },
      { idempotencyKey: key },
    );
    setDirty(false);
    await client.invalidateQueries({ queryKey: usersKey });
    onDone({ name: made.user.display_name, code: made.one_time_code, expires_at: made.expires_at, reason: 'created' });
  });
  const warning = useUnsavedWarning(dirty);
  const required = { required: true, whitespace: true, message: t('shared:required') };
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={submit}
      onValuesChange={() => setDirty(true)}
      initialValues={{ language: 'zh-CN' }}
      autoComplete="off"
    >
      {warning}
      <FormError error={error} />
      <Form.Item name="display_name" label={t('accounts:form.displayName')} rules={[required]}>
        <Input maxLength={80} autoFocus />
      </Form.Item>
      <Form.Item
        name="username"
        label={t('accounts:form.username')}
        extra={t('accounts:form.usernameHint')}
        normalize={(v: string) => v.toLowerCase()}
        rules={[required, { pattern: /^[a-z0-9._@-]+$/, message: t('accounts:form.usernameBad') }]}
      >
        <Input maxLength={64} autoCapitalize="off" spellCheck={false} />
      </Form.Item>
      <Form.Item name="language" label={t('accounts:form.language')}>
        <Select
          options={[
            { value: 'zh-CN', label: t('app:language.zh') },
            { value: 'en', label: t('app:language.en') },
          ]}
        />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('accounts:form.submit')}
      </Button>
    </Form>
  );
}
