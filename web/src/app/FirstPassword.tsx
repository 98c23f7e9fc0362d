import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import { useMessage } from '../api/message';
import { q } from '../api/queries';
import type { Me } from '../api/types';
import { PASSWORD_MIN } from '../shared/password';
import { Entrance } from './Entrance';

type Values = { username: string; code: string; password: string; repeat: string };

/** The first password, set with the one-time code an administrator handed over. */
export function FirstPassword() {
  const { t } = useTranslation('app');
  const message = useMessage();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function submit({ username, code, password }: Values) {
    setBusy(true);
    setError(null);
    try {
      await api.post('/session/first', { username: username.trim(), code: code.trim(), password });
      // Signed in with what was just set; an account with a one-time password goes on at the sign-in page.
      const me = await api.post<Me>('/session', { username: username.trim(), password }).catch(() => null);
      if (me) client.setQueryData(q.me().queryKey, me);
      await navigate({ to: '/' });
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  }

  const required = { required: true, message: t('signIn.required') };
  return (
    <Entrance title={t('first.title')}>
      <p className="ac-muted" style={{ marginBottom: 16 }}>
        {t('first.intro')}
      </p>
      <Form<Values> layout="vertical" requiredMark={false} onFinish={submit} disabled={busy}>
        {error !== null && <Alert type="error" role="alert" style={{ marginBottom: 16 }} title={message(error)} />}
        <Form.Item name="username" label={t('signIn.username')} rules={[required]}>
          <Input autoComplete="username" autoFocus autoCapitalize="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="code" label={t('first.code')} rules={[required]}>
          <Input autoComplete="off" className="ac-mono" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('first.password')}
          extra={t('first.rule', { min: PASSWORD_MIN })}
          rules={[required, { min: PASSWORD_MIN, message: t('first.tooShort', { min: PASSWORD_MIN }) }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="repeat"
          label={t('first.repeat')}
          dependencies={['password']}
          rules={[
            required,
            ({ getFieldValue }) => ({
              validator: (_, value) =>
                !value || value === getFieldValue('password')
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('first.differ'))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={busy}>
          {t('first.submit')}
        </Button>
        <p style={{ marginTop: 16 }}>
          <Link to="/">{t('first.backToSignIn')}</Link>
        </p>
      </Form>
    </Entrance>
  );
}
