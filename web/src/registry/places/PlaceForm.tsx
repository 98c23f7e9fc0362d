import { Button, Form, type FormInstance, Input, InputNumber, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Place, PlaceLevel } from '../../api/types';
import { FormError, useUnsavedWarning } from '../../shared/form';
import { Panel } from '../../shared/PageHeader';
import '../../shared/form.css';

export const LEVELS: PlaceLevel[] = [
  'country',
  'province',
  'city',
  'district',
  'street',
  'community',
  'compound',
  'building',
  'unit',
  'household',
];

export type PlaceValues = {
  level?: PlaceLevel;
  name: string;
  name_en?: string;
  code?: string;
  population?: number | null;
  floors?: number | null;
  lon?: number | null;
  lat?: number | null;
};

export function placeValues(p: Place): PlaceValues {
  return {
    level: p.level,
    name: p.name,
    name_en: p.name_en,
    code: p.code,
    population: p.population || null,
    floors: p.floors || null,
    lon: p.lon,
    lat: p.lat,
  };
}

/** What is sent: a number that was emptied goes as 0, the server's "not known"; an emptied position is left as it is. */
export function placeChanges(before: PlaceValues | undefined, after: PlaceValues): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const key of ['name', 'name_en', 'code'] as const) {
    const value = (after[key] ?? '').trim();
    if (value !== (before?.[key] ?? '')) out[key] = value;
  }
  for (const key of ['population', 'floors'] as const) {
    const value = after[key] ?? 0;
    if (value !== (before?.[key] ?? 0)) out[key] = value;
  }
  const moved = after.lon !== before?.lon || after.lat !== before?.lat;
  if (moved && typeof after.lon === 'number' && typeof after.lat === 'number') {
    out.lon = after.lon;
    out.lat = after.lat;
  }
  return out;
}

type Props = {
  form: FormInstance<PlaceValues>;
  initial: Partial<PlaceValues>;
  /** The levels that can be chosen; undefined when the level is settled. */
  levels?: PlaceLevel[];
  parent?: ReactNode;
  error: unknown;
  busy: boolean;
  submitText: string;
  onSubmit: (values: PlaceValues) => Promise<void>;
  onCancel: () => void;
  notice?: ReactNode;
};

export function PlaceForm({
  form,
  initial,
  levels,
  parent,
  error,
  busy,
  submitText,
  onSubmit,
  onCancel,
  notice,
}: Props) {
  const { t } = useTranslation(['places', 'words', 'shared']);
  const [dirty, setDirty] = useState(false);
  const [sending, setSending] = useState(false);
  const warning = useUnsavedWarning(dirty && !sending);
  const level = Form.useWatch('level', form) ?? initial.level;
  const number = (
    name: 'population' | 'floors' | 'lon' | 'lat',
    extra?: string,
    step?: number,
    limit?: [number, number],
  ) => (
    <Form.Item name={name} label={t(`places:${name}`)} extra={extra}>
      <InputNumber
        min={limit?.[0] ?? 0}
        max={limit?.[1]}
        precision={step ? undefined : 0}
        step={step}
        style={{ width: '100%' }}
        inputMode="decimal"
      />
    </Form.Item>
  );
  return (
    <Form<PlaceValues>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={initial}
      className="ac-stack ac-form-narrow"
      onValuesChange={() => setDirty(true)}
      onFinish={async (values) => {
        setSending(true);
        await onSubmit(values);
        setSending(false);
      }}
      scrollToFirstError
    >
      <Panel>
        {parent && <Form.Item label={t('places:parent')}>{parent}</Form.Item>}
        <div className="ac-form-grid">
          {levels && (
            <Form.Item
              name="level"
              label={t('places:level')}
              rules={[{ required: true, message: t('shared:required') }]}
            >
              <Select options={levels.map((value) => ({ value, label: t(`words:level.${value}`) }))} />
            </Form.Item>
          )}
          <Form.Item
            name="name"
            label={t('places:name')}
            rules={[{ required: true, whitespace: true, message: t('shared:required') }]}
          >
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="name_en" label={t('places:nameEn')}>
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="code" label={t('places:code')} extra={t('places:hint.code')}>
            <Input maxLength={100} />
          </Form.Item>
          {number('population', t('places:hint.population'))}
          {level === 'building' && number('floors', undefined, undefined, [0, 200])}
          {number('lon', t('places:hint.position'), 0.0001, [-180, 180])}
          {number('lat', t('places:hint.position'), 0.0001, [-90, 90])}
        </div>
      </Panel>
      {/* Beside the button that was pressed: at the top of a long form nobody would see it. */}
      {notice}
      <FormError error={error} />
      <div className="ac-form-foot">
        <Button type="primary" htmlType="submit" loading={busy}>
          {submitText}
        </Button>
        <Button onClick={onCancel}>{t('shared:cancel')}</Button>
      </div>
      {warning}
    </Form>
  );
}
