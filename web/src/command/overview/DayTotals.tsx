import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { DayCount, Incident } from '../../api/types';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { FormDrawer } from '../../shared/FormDrawer';
import { FormError, useIdempotencyKey, useSubmit, useUnsavedWarning } from '../../shared/form';

type Values = {
  confirmed: number;
  asymptomatic: number;
  reclassified: number;
  found_in_community: number | null;
  deaths: number;
  source: string;
};
type Named = { id: string; name: string };
type Props = {
  incident: Incident;
  on: string;
  place: Named | null;
  choices: { place_id: string; name: string }[];
  /** The totals already recorded, when they are corrected. */
  existing?: DayCount;
  onPlace: (place: Named) => void;
  onClose: () => void;
};

/** Day totals of a place that has no individual records for the day. */
export function DayTotals({ incident, on, place, choices, existing, onPlace, onClose }: Props) {
  const { t } = useTranslation('overview');
  return (
    <FormDrawer
      open={place !== null}
      onClose={onClose}
      title={place ? t(existing ? 'totals.correct' : 'totals.title', { place: place.name }) : ''}
    >
      {place && (
        <TotalsForm
          key={place.id}
          incident={incident}
          on={on}
          place={place}
          choices={choices}
          existing={existing}
          onPlace={onPlace}
          onClose={onClose}
        />
      )}
    </FormDrawer>
  );
}

function TotalsForm({ incident, on, place, choices, existing, onPlace, onClose }: Props & { place: Named }) {
  const { t } = useTranslation(['overview', 'shared']);
  const lang = useLang();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<Values>();
  const [dirty, setDirty] = useState(false);
  const { key } = useIdempotencyKey();
  const { submit, busy, error } = useSubmit(form, async (values) => {
    const body = {
      incident_id: incident.id,
      place_id: place.id,
      on,
      confirmed: values.confirmed ?? 0,
      asymptomatic: values.asymptomatic ?? 0,
      reclassified: values.reclassified ?? 0,
      found_in_community: values.found_in_community ?? undefined,
      deaths: values.deaths ?? 0,
      source: values.source.trim(),
    };
    await api.put('/counts', body, { idempotencyKey: key, ifMatch: existing?.version });
    setDirty(false);
    void message.success(t('overview:totals.saved', { place: place.name, day: formatDay(on, lang) }));
    await client.invalidateQueries({
      predicate: ({ queryKey }) => ['situation', 'clearance', 'count'].includes(String(queryKey[0])),
    });
    const rest = choices.filter((c) => c.place_id !== place.id)[0];
    if (rest) onPlace({ id: rest.place_id, name: rest.name });
    else onClose();
  });
  const warning = useUnsavedWarning(dirty);
  const number = (name: keyof Values, label: string, extra?: string) => (
    <Form.Item name={name} label={label} extra={extra}>
      <InputNumber min={0} precision={0} style={{ width: 160 }} inputMode="numeric" />
    </Form.Item>
  );
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={submit}
      onValuesChange={() => setDirty(true)}
      initialValues={existing ?? { confirmed: 0, asymptomatic: 0, reclassified: 0, deaths: 0 }}
    >
      {warning}
      <FormError error={error} />
      <p className="ac-muted" style={{ marginBottom: 16 }}>
        {t('overview:totals.why')}
      </p>
      {choices.length > 1 && (
        <Form.Item label={t('overview:totals.place')}>
          <Select
            value={place.id}
            options={choices.map((c) => ({ value: c.place_id, label: c.name }))}
            onChange={(id) => onPlace({ id, name: choices.find((c) => c.place_id === id)?.name ?? '' })}
          />
        </Form.Item>
      )}
      <Form.Item label={t('overview:totals.on')}>{formatDay(on, lang, { year: true, weekday: true })}</Form.Item>
      {number('confirmed', t('overview:totals.confirmed'))}
      <Form.Item
        name="reclassified"
        label={t('overview:totals.reclassified')}
        dependencies={['confirmed']}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, n) =>
              (n ?? 0) <= (getFieldValue('confirmed') ?? 0)
                ? Promise.resolve()
                : Promise.reject(new Error(t('overview:totals.reclassifiedTooMany'))),
          }),
        ]}
      >
        <InputNumber min={0} precision={0} style={{ width: 160 }} inputMode="numeric" />
      </Form.Item>
      {number('asymptomatic', t('overview:totals.asymptomatic'))}
      <Form.Item
        name="found_in_community"
        label={t('overview:totals.community')}
        extra={t('overview:totals.communityHint')}
        dependencies={['confirmed', 'asymptomatic', 'reclassified']}
        rules={[
          ({ getFieldsValue }) => ({
            validator: (_, n) => {
              const v = getFieldsValue();
              const infections = (v.confirmed ?? 0) - (v.reclassified ?? 0) + (v.asymptomatic ?? 0);
              return n == null || n <= infections
                ? Promise.resolve()
                : Promise.reject(new Error(t('overview:totals.tooMany')));
            },
          }),
        ]}
      >
        <InputNumber min={0} precision={0} style={{ width: 160 }} inputMode="numeric" />
      </Form.Item>
      {number('deaths', t('overview:totals.deaths'))}
      <Form.Item
        name="source"
        label={t('overview:totals.source')}
        extra={t('overview:totals.sourceHint')}
        rules={[{ required: true, message: t('shared:required') }]}
      >
        <Input maxLength={200} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('overview:totals.save')}
      </Button>
    </Form>
  );
}
