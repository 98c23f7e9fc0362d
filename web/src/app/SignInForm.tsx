import { Alert, Button, Form, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import { useMessage } from '../api/message';
import { asProblem } from '../api/problem';
import type { Me } from '../api/types';

type Credentials = { username: string; password: string; totp?: string };

/** User name and password, then the one-time password when the account has one. */
export function SignInForm({
  username,
  onSignedIn,
  extra,
}: {
  username?: string;
  onSignedIn: (me: Me) => void;
  extra?: ReactNode;
}) {
  const { t } = useTranslation('app');
  const message = useMessage();
  const [step, setStep] = useState<'password' | 'totp'>('password');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [form] = Form.useForm<Credentials>();

  async function submit(values: Credentials) {
    setBusy(true);
    setError(null);
    try {
      const body = {
        username: values.username.trim(),
        password: values.password,
        totp: values.totp?.trim() || undefined,
      };
      onSignedIn(await api.post<Me>('/session', body));
    } catch (e) {
      const { code } = asProblem(e);
      if (code === 'session.totp_required' && step === 'password') setStep('totp');
      else setError(e);
      if (code === 'session.bad_credentials') setStep('password');
    } finally {
      setBusy(false);
    }
  }

  const required = [{ required: true, message: t('signIn.required') }];
  const retryAfter = Number(asProblem(error).params.retry_after_s ?? 0);
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={submit}
      initialValues={{ username }}
      disabled={busy}
    >
      {error !== null && (
        <Alert
          type="error"
          role="alert"
          style={{ marginBottom: 16 }}
          title={message(error)}
          description={retryAfter > 0 ? t('signIn.tries', { seconds: retryAfter }) : undefined}
        />
      )}
      <div hidden={step === 'totp'}>
        <Form.Item name="username" label={t('signIn.username')} rules={required}>
          <Input
            autoComplete="username"
            autoFocus={!username}
            readOnly={!!username}
            autoCapitalize="off"
            spellCheck={false}
            size="large"
          />
        </Form.Item>
        <Form.Item name="password" label={t('signIn.password')} rules={required}>
          <Input.Password autoComplete="current-password" autoFocus={!!username} size="large" />
        </Form.Item>
      </div>
      {step === 'totp' && (
        <>
          <Form.Item name="totp" label={t('signIn.totp')} rules={required} extra={t('signIn.totpHint')}>
            <Input autoComplete="one-time-code" inputMode="text" autoFocus size="large" className="ac-mono" />
          </Form.Item>
          <p style={{ marginBottom: 12 }}>
            <button type="button" className="ac-link-button" onClick={() => setStep('password')}>
              {t('signIn.back')}
            </button>
          </p>
        </>
      )}
      <Button type="primary" htmlType="submit" block size="large" loading={busy}>
        {t('signIn.submit')}
      </Button>
      {extra}
    </Form>
  );
}
