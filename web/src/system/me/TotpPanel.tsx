import { useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { q } from '../../api/queries';
import type { TotpEnrolment } from '../../api/types';
import { useMe } from '../../app/session';
import { FormError, useSubmit } from '../../shared/form';
import { StateTag } from '../../shared/marks';
import { Panel } from '../../shared/PageHeader';
import { CopyButton } from '../../shared/Secret';

/** Groups of four are easier to type from a screen. */
function grouped(secret: string): string {
  return secret.replace(/(.{4})/g, '$1 ').trim();
}

/** The second factor: set it up with a QR code, keep the recovery codes. */
export function TotpPanel() {
  const { t } = useTranslation(['accounts', 'shared']);
  const me = useMe();
  const client = useQueryClient();
  const [enrolment, setEnrolment] = useState<TotpEnrolment | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const begin = useSubmit<void>(null, async () => setEnrolment(await api.post<TotpEnrolment>('/me/totp')));
  const confirm = useSubmit<{ code: string }>(null, async ({ code }) => {
    const made = await api.post<{ recovery_codes: string[] }>('/me/totp/confirm', { code: code.replace(/\s/g, '') });
    setEnrolment(null);
    setCodes(made.recovery_codes);
    await client.invalidateQueries({ queryKey: q.me().queryKey });
  });
  const enrolled = me.user.mfa ?? me.mfa;
  return (
    <Panel
      id="totp"
      title={t('accounts:me.totp')}
      tools={enrolled ? <StateTag value="enabled">{t('accounts:mfaOn')}</StateTag> : undefined}
    >
      <FormError error={begin.error} />
      {enrolment ? (
        <div className="ac-totp">
          <div>
            <p style={{ marginBottom: 8 }}>{t('accounts:me.scan')}</p>
            <img src={`data:image/png;base64,${enrolment.qr_png_base64}`} alt={t('accounts:me.scan')} />
          </div>
          <div className="ac-stack">
            <div>
              <p className="ac-muted">{t('accounts:me.secret')}</p>
              <p className="ac-mono" style={{ overflowWrap: 'anywhere' }}>
                {grouped(enrolment.secret)}
              </p>
            </div>
            <Form<{ code: string }> layout="vertical" requiredMark={false} onFinish={confirm.submit}>
              <FormError error={confirm.error} />
              <Form.Item
                name="code"
                label={t('accounts:me.codeLabel')}
                rules={[{ required: true, message: t('shared:required') }]}
              >
                <Input
                  inputMode="numeric"
                  autoComplete="one-time-code"
                  autoFocus
                  maxLength={9}
                  style={{ width: 160 }}
                  className="ac-mono"
                />
              </Form.Item>
              <div className="ac-row">
                <Button type="primary" htmlType="submit" loading={confirm.busy}>
                  {t('accounts:me.confirm')}
                </Button>
                <Button type="text" onClick={() => setEnrolment(null)}>
                  {t('shared:cancel')}
                </Button>
              </div>
            </Form>
          </div>
        </div>
      ) : (
        <div className="ac-row-between">
          <p className="ac-muted" style={{ flex: '1 1 320px' }}>
            {t(enrolled ? 'accounts:me.totpOn' : 'accounts:me.totpOff')}
          </p>
          <Button type={enrolled ? 'default' : 'primary'} loading={begin.busy} onClick={() => void begin.submit()}>
            {t(enrolled ? 'accounts:me.reEnrol' : 'accounts:me.enrol')}
          </Button>
        </div>
      )}
      <Modal
        open={codes !== null}
        title={t('accounts:me.recovery')}
        closable={false}
        mask={{ closable: false }}
        keyboard={false}
        footer={
          <>
            <CopyButton text={(codes ?? []).join('\n')} label={t('accounts:me.recoveryCopy')} />
            <Button type="primary" onClick={() => setCodes(null)}>
              {t('accounts:me.recoveryDone')}
            </Button>
          </>
        }
      >
        <p style={{ marginBottom: 12 }}>{t('accounts:me.recoveryText')}</p>
        <ol className="ac-recovery ac-mono">
          {(codes ?? []).map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ol>
      </Modal>
    </Panel>
  );
}
