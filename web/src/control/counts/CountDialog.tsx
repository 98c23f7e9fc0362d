import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, DatePicker, Form, Input, InputNumber, Modal } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { q } from '../../api/queries';
import type { Incident } from '../../api/types';
import { useLang } from '../../i18n';
import { formatDay, today } from '../../shared/day';
import { FormError, useIdempotencyKey, useSubmit } from '../../shared/form';
import { formatNumber, nameIn } from '../../shared/format';
import { PlacePicker } from '../../shared/PlacePicker';
import { infectionsOf, type Total, type TotalValues, wrongIn } from './total';
import '../../shared/form.css';

type Values = { place_id: string; on: Dayjs; source?: string } & { [K in keyof TotalValues]?: number | null };
type Props = {
  incident: Incident;
  placeId: string;
  /** The total to correct; undefined for a new one. */
  first: Total | undefined;
  known: Total[];
  onClose: () => void;
};

const numbers = (v: Values): TotalValues => ({
  confirmed: v.confirmed ?? 0,
  reclassified: v.reclassified ?? 0,
  asymptomatic: v.asymptomatic ?? 0,
  imported: v.imported ?? 0,
  deaths: v.deaths ?? 0,
  found_in_community: v.found_in_community ?? null,
});

/** Enters or corrects what an area reported for a day. */
export function CountDialog({ incident, placeId, first, known, onClose }: Props) {
  const { t } = useTranslation(['cases', 'shared']);
  const lang = useLang();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<Values>();
  const { key } = useIdempotencyKey();
  const values = Form.useWatch([], form) ?? {};
  const chosen = useQuery(q.place(values.place_id ?? ''));
  const { submit, busy, error } = useSubmit<Values>(form, async (v) => {
    const on = v.on.format('YYYY-MM-DD');
    const { found_in_community, ...rest } = numbers(v);
    const body = {
      incident_id: incident.id,
      place_id: v.place_id,
      on,
      ...rest,
      // Left out is "not said"; the server takes no null.
      ...(found_in_community === null ? {} : { found_in_community }),
      source: v.source?.trim() ?? '',
    };
    await api.put('/counts', body, { idempotencyKey: key });
    const place = chosen.data ? nameIn(chosen.data, lang) : (first?.place_name ?? '');
    void message.success(t('cases:totals.saved', { place, day: formatDay(on, lang) }));
    await client.invalidateQueries({
      predicate: ({ queryKey }) => ['count', 'situation', 'clearance'].includes(String(queryKey[0])),
    });
    onClose();
  });
  const day = values.on?.format('YYYY-MM-DD');
  const exists = !first && known.some((k) => k.place_id === values.place_id && k.on === day);
  const number = (name: keyof TotalValues, hint?: string) => (
    <Form.Item
      name={name}
      label={t(`cases:totals.${name === 'found_in_community' ? 'community' : name}`)}
      extra={hint}
      dependencies={['confirmed', 'reclassified', 'asymptomatic']}
      rules={[
        ({ getFieldsValue }) => ({
          validator: () => {
            const wrong = wrongIn(numbers(getFieldsValue(true) as Values)).find((w) => w.field === name);
            return wrong ? Promise.reject(new Error(t(`cases:totals.${wrong.code}`))) : Promise.resolve();
          },
        }),
      ]}
    >
      <InputNumber min={0} precision={0} inputMode="numeric" style={{ width: '100%' }} />
    </Form.Item>
  );
  return (
    <Modal
      open
      width={640}
      title={t(first ? 'cases:totals.editTitle' : 'cases:totals.formTitle')}
      okText={t('cases:totals.save')}
      cancelText={t('shared:cancel')}
      onOk={form.submit}
      onCancel={onClose}
      confirmLoading={busy}
      mask={{ closable: false }}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={submit}
        initialValues={
          first
            ? { ...first, on: dayjs(first.on) }
            : {
                place_id: placeId,
                on: dayjs(today(incident.time_zone)).subtract(1, 'day'),
                confirmed: 0,
                reclassified: 0,
                asymptomatic: 0,
                deaths: 0,
                imported: 0,
              }
        }
      >
        <FormError error={error} />
        <div className="ac-form-grid">
          <Form.Item
            name="place_id"
            label={t('cases:totals.place')}
            rules={[{ required: true, message: t('shared:required') }]}
          >
            <AreaField rootId={incident.place_id} label={t('cases:totals.place')} />
          </Form.Item>
          <Form.Item name="on" label={t('cases:totals.on')} rules={[{ required: true, message: t('shared:required') }]}>
            <DatePicker
              allowClear={false}
              disabled={first !== undefined}
              style={{ width: '100%' }}
              disabledDate={(d) => d.format('YYYY-MM-DD') > today(incident.time_zone)}
            />
          </Form.Item>
          {number('confirmed', t('cases:totals.reclassifiedHint'))}
          {number('reclassified')}
          {number('asymptomatic')}
          {number('found_in_community', t('cases:totals.communityHint'))}
          {number('imported')}
          {number('deaths')}
        </div>
        <Form.Item name="source" label={t('cases:totals.source')} extra={t('cases:totals.sourceHint')}>
          <Input maxLength={200} />
        </Form.Item>
        <p aria-live="polite">
          {t('cases:totals.check', { n: formatNumber(infectionsOf(numbers(values as Values)), lang) })}
        </p>
        {exists && <p className="ac-muted">{t('cases:totals.exists')}</p>}
      </Form>
    </Modal>
  );
}

function AreaField({
  value,
  onChange,
  rootId,
  label,
  id,
}: {
  value?: string;
  onChange?: (id: string) => void;
  rootId: string;
  label: string;
  id?: string;
}) {
  return <PlacePicker id={id} value={value} onChange={(next) => onChange?.(next)} rootId={rootId} label={label} />;
}
