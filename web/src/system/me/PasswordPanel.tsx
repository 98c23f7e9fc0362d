import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMe } from '../../app/session';
import { FormError, useSubmit } from '../../shared/form';
import { Panel } from '../../shared/PageHeader';
import { PASSWORD_MIN } from '../../shared/password';

type Values = { current: string; new: string; repeat: string };

export function PasswordPanel() {
  const { t } = useTranslation(['accounts', 'app', 'shared']);
  const me = useMe();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const { submit, busy, error } = useSubmit(form, async (v) => {
    await api.post('/me/password', { current: v.current, new: v.new });
    form.resetFields();
    void message.success(t('accounts:me.passwordDone'));
    await client.invalidateQueries({ queryKey: ['self', 'sessions'] });
  });
  const required = { required: true, message: t('shared:required') };
  return (
    <Panel title={t('accounts:me.password')}>
      <Form<Values> form={form} layout="vertical" requiredMark={false} onFinish={submit} style={{ maxWidth: 360 }}>
        <FormError error={error} />
        <input type="text" autoComplete="username" value={me.user.username} readOnly hidden />
        <Form.Item name="current" label={t('accounts:me.currentPassword')} rules={[required]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          name="new"
          label={t('app:first.password')}
          extra={t('app:first.rule', { min: PASSWORD_MIN })}
          rules={[required, { min: PASSWORD_MIN, message: t('app:first.tooShort', { min: PASSWORD_MIN }) }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="repeat"
          label={t('app:first.repeat')}
          dependencies={['new']}
          rules={[
            required,
            ({ getFieldValue }) => ({
              validator: (_, value) =>
                !value || value === getFieldValue('new')
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('app:first.differ'))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button htmlType="submit" loading={busy}>
          {t('accounts:me.passwordSubmit')}
        </Button>
      </Form>
    </Panel>
  );
}
