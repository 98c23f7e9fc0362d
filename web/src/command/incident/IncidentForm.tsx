import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { App, Button, DatePicker, Form, Input, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { q } from '../../api/queries';
import type { Incident } from '../../api/types';
import { useScope } from '../../app/scope';
import { useLang } from '../../i18n';
import { today } from '../../shared/day';
import { FormError, useIdempotencyKey, useSubmit, useUnsavedWarning } from '../../shared/form';
import { textIn } from '../../shared/format';
import { PlacePicker } from '../../shared/PlacePicker';

type Values = {
  name: string;
  name_en?: string;
  place_id: string;
  pack: string;
  overlays?: string[];
  time_zone: string;
  started_on: Dayjs;
};

const zones = (): string[] => {
  const intl = Intl as unknown as { supportedValuesOf?: (key: string) => string[] };
  return intl.supportedValuesOf?.('timeZone') ?? ['Asia/Shanghai', 'Asia/Urumqi', 'UTC'];
};

/** A new response: its area, its rules and its clock. */
export function IncidentForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation(['incident', 'shared']);
  const lang = useLang();
  const { message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { placeId } = useScope();
  const packs = useQuery(q.packs());
  const [form] = Form.useForm<Values>();
  const [dirty, setDirty] = useState(false);
  const { key } = useIdempotencyKey();
  const { submit, busy, error } = useSubmit(form, async (v) => {
    const body = {
      ...v,
      name: v.name.trim(),
      name_en: v.name_en?.trim() ?? '',
      overlays: v.overlays ?? [],
      started_on: v.started_on.format('YYYY-MM-DD'),
    };
    const made = await api.post<Incident>('/incidents', body, { idempotencyKey: key });
    setDirty(false);
    void message.success(t('incident:created', { name: made.name }));
    await client.invalidateQueries({ queryKey: ['incident'] });
    onDone();
    await navigate({
      to: '/incidents/$incidentId',
      params: { incidentId: made.id },
      search: { incident: made.id, place: made.place_id },
    });
  });
  const warning = useUnsavedWarning(dirty);
  const required = [{ required: true, message: t('shared:required') }];
  const items = packs.data?.items ?? [];
  const options = (kind: 'pack' | 'overlay') =>
    items
      .filter((p) => (p.kind === 'overlay') === (kind === 'overlay'))
      .map((p) => ({ value: p.id, label: `${textIn(p.title, lang) || p.id}` }));
  const zone = Form.useWatch('time_zone', form) ?? 'Asia/Shanghai';
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={submit}
      onValuesChange={() => setDirty(true)}
      initialValues={{
        time_zone: 'Asia/Shanghai',
        place_id: placeId || undefined,
        started_on: dayjs(today('Asia/Shanghai')),
        overlays: [],
      }}
    >
      {warning}
      <FormError error={error} />
      <Form.Item name="name" label={t('incident:form.name')} extra={t('incident:form.nameHint')} rules={required}>
        <Input maxLength={120} autoFocus />
      </Form.Item>
      <Form.Item name="name_en" label={t('incident:form.nameEn')}>
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item name="place_id" label={t('incident:form.place')} extra={t('incident:form.placeHint')} rules={required}>
        <PlaceField label={t('incident:form.place')} />
      </Form.Item>
      <Form.Item name="pack" label={t('incident:form.pack')} extra={t('incident:form.packHint')} rules={required}>
        <Select options={options('pack')} loading={packs.isPending} />
      </Form.Item>
      <Form.Item name="overlays" label={t('incident:form.overlays')} extra={t('incident:form.overlaysHint')}>
        <Select mode="multiple" options={options('overlay')} loading={packs.isPending} />
      </Form.Item>
      <Form.Item name="time_zone" label={t('incident:form.zone')} extra={t('incident:form.zoneHint')} rules={required}>
        <Select showSearch options={zones().map((z) => ({ value: z, label: z }))} />
      </Form.Item>
      <Form.Item name="started_on" label={t('incident:form.started')} rules={required}>
        <DatePicker style={{ width: 180 }} disabledDate={(d) => d.format('YYYY-MM-DD') > today(zone)} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('incident:form.submit')}
      </Button>
    </Form>
  );
}

/** The place picker as a form control. */
export function PlaceField({
  value,
  onChange,
  label,
  id,
  rootId,
}: {
  value?: string;
  onChange?: (id: string) => void;
  label: string;
  id?: string;
  rootId?: string;
}) {
  return (
    <PlacePicker id={id} value={value} onChange={(placeId) => onChange?.(placeId)} label={label} rootId={rootId} />
  );
}
