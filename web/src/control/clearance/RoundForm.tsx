import { useQueryClient } from '@tanstack/react-query';
import { App, Button, DatePicker, Form, InputNumber } from 'antd';
import type { Rule } from 'antd/es/form';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Incident, Round } from '../../api/types';
import { today } from '../../shared/day';
import { FormError, useIdempotencyKey, useSubmit, useUnsavedWarning } from '../../shared/form';

type Values = {
  number: number;
  opened_on: Dayjs;
  closed_on: Dayjs | null;
  due: number;
  sampled: number;
  resulted: number;
  community_positives: number;
};
type Props = {
  incident: Incident;
  place: { id: string; name: string };
  round?: Round;
  next: number;
  onDone: () => void;
};

const day = (d: Dayjs | null | undefined) => (d ? d.format('YYYY-MM-DD') : null);

/** Totals of one testing round. Each count is at most the one before it: due ≥ sampled ≥ with result ≥ positive. */
export function RoundForm({ incident, place, round, next, onDone }: Props) {
  const { t } = useTranslation(['clearance', 'shared']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<Values>();
  const [dirty, setDirty] = useState(false);
  const { key } = useIdempotencyKey();
  const { submit, busy, error } = useSubmit(form, async (v) => {
    const body = {
      ...v,
      incident_id: incident.id,
      place_id: place.id,
      opened_on: day(v.opened_on),
      closed_on: day(v.closed_on) ?? undefined,
    };
    await api.put('/rounds', body, { idempotencyKey: key, ifMatch: round?.version });
    setDirty(false);
    void message.success(t('clearance:round.saved', { n: v.number }));
    await client.invalidateQueries({
      predicate: ({ queryKey }) => ['round', 'clearance'].includes(String(queryKey[0])),
    });
    onDone();
  });
  const warning = useUnsavedWarning(dirty);
  const required: Rule = { required: true, message: t('shared:required') };
  const atMost = (other: keyof Values, text: string): Rule[] => [
    required,
    ({ getFieldValue }) => ({
      validator: (_, n) =>
        n == null || getFieldValue(other) == null || n <= getFieldValue(other)
          ? Promise.resolve()
          : Promise.reject(new Error(text)),
    }),
  ];
  const count = (name: keyof Values, label: string, rules: Rule[], dependencies?: string[], extra?: string) => (
    <Form.Item name={name} label={label} rules={rules} dependencies={dependencies} extra={extra}>
      <InputNumber min={0} precision={0} inputMode="numeric" style={{ width: 180 }} />
    </Form.Item>
  );
  const late = (d: Dayjs) => d.format('YYYY-MM-DD') > today(incident.time_zone);
  const initial = round
    ? { ...round, opened_on: dayjs(round.opened_on), closed_on: round.closed_on ? dayjs(round.closed_on) : null }
    : { number: next, community_positives: 0 };
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={initial}
      onFinish={submit}
      onValuesChange={() => setDirty(true)}
    >
      {warning}
      <FormError error={error} />
      <Form.Item label={t('clearance:round.place')}>{place.name}</Form.Item>
      <Form.Item name="number" label={t('clearance:round.number')} rules={[required]}>
        <InputNumber min={1} precision={0} style={{ width: 180 }} disabled={!!round} />
      </Form.Item>
      <Form.Item name="opened_on" label={t('clearance:round.opened')} rules={[required]}>
        <DatePicker style={{ width: 180 }} disabledDate={late} />
      </Form.Item>
      <Form.Item
        name="closed_on"
        label={t('clearance:round.closed')}
        dependencies={['opened_on']}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, d: Dayjs | null) =>
              !d || !getFieldValue('opened_on') || !d.isBefore(getFieldValue('opened_on'), 'day')
                ? Promise.resolve()
                : Promise.reject(new Error(t('clearance:round.endsBefore'))),
          }),
        ]}
      >
        <DatePicker style={{ width: 180 }} disabledDate={late} />
      </Form.Item>
      {count('due', t('clearance:round.due'), [required], undefined, t('clearance:round.hintDue'))}
      {count('sampled', t('clearance:round.sampled'), atMost('due', t('clearance:round.sampledTooMany')), ['due'])}
      {count('resulted', t('clearance:round.resulted'), atMost('sampled', t('clearance:round.resultedTooMany')), [
        'sampled',
      ])}
      {count(
        'community_positives',
        t('clearance:round.positives'),
        atMost('resulted', t('clearance:round.positivesTooMany')),
        ['resulted'],
      )}
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('clearance:round.save')}
      </Button>
    </Form>
  );
}
