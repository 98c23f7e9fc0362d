import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, DatePicker, Form, Radio, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { q } from '../../api/queries';
import type { User } from '../../api/types';
import { useScope } from '../../app/scope';
import { PlaceField } from '../../command/incident/IncidentForm';
import { useLang } from '../../i18n';
import { FormError, useIdempotencyKey, useSubmit } from '../../shared/form';
import { textIn } from '../../shared/format';
import { usersKey } from './UsersPage';

type Values = { role: string; where: 'whole' | 'part'; place_id?: string; until?: Dayjs | null };

/** Grants a role at a place, or everywhere, for a time or without end. */
export function GrantForm({ user }: { user: User }) {
  const { t } = useTranslation(['accounts', 'shared']);
  const lang = useLang();
  const { message } = App.useApp();
  const client = useQueryClient();
  const { placeId } = useScope();
  const roles = useQuery(q.roles());
  const [form] = Form.useForm<Values>();
  const where = Form.useWatch('where', form) ?? 'part';
  const chosen = Form.useWatch('role', form);
  const role = roles.data?.items.find((r) => r.role === chosen);
  const { key, renew } = useIdempotencyKey();
  const { submit, busy, error } = useSubmit(form, async (v) => {
    const body = {
      role: v.role,
      place_id: v.where === 'whole' ? undefined : v.place_id,
      // The chosen day is the last one: the grant ends when it does.
      until: v.until ? v.until.endOf('day').toISOString() : undefined,
    };
    await api.post(`/users/${user.id}/grants`, body, { idempotencyKey: key });
    renew();
    void message.success(t('accounts:detail.granted', { role: textIn(role?.title, lang) || v.role }));
    form.resetFields();
    await client.invalidateQueries({ queryKey: usersKey });
  });
  const required = [{ required: true, message: t('shared:required') }];
  return (
    <section>
      <h2 style={{ marginBottom: 8 }}>{t('accounts:detail.addGrant')}</h2>
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={submit}
        initialValues={{ where: 'part', place_id: placeId || undefined }}
      >
        <FormError error={error} />
        <Form.Item
          name="role"
          label={t('accounts:detail.role')}
          rules={required}
          extra={role ? textIn(role.description, lang) : undefined}
        >
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={(roles.data?.items ?? []).map((r) => ({ value: r.role, label: textIn(r.title, lang) }))}
          />
        </Form.Item>
        <Form.Item name="where" label={t('accounts:detail.place')}>
          <Radio.Group
            options={[
              { value: 'part', label: t('accounts:detail.part') },
              { value: 'whole', label: t('accounts:detail.whole') },
            ]}
          />
        </Form.Item>
        {where === 'part' && (
          <Form.Item name="place_id" rules={required}>
            <PlaceField label={t('accounts:detail.place')} />
          </Form.Item>
        )}
        <Form.Item name="until" label={t('accounts:detail.until')} extra={t('accounts:detail.untilHint')}>
          <DatePicker style={{ width: 180 }} disabledDate={(d) => d.isBefore(dayjs(), 'day')} />
        </Form.Item>
        <Button htmlType="submit" loading={busy}>
          {t('accounts:detail.grant')}
        </Button>
      </Form>
    </section>
  );
}
