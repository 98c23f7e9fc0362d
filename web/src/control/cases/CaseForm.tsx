import { Button, Col, DatePicker, Form, type FormInstance, Input, InputNumber, Radio, Row, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Case, Classification, Day } from '../../api/types';
import { useScope } from '../../app/scope';
import { today } from '../../shared/day';
import { FormError, useUnsavedWarning } from '../../shared/form';
import { isEnter } from '../../shared/keys';
import { ClassMark } from '../../shared/marks';
import { Panel } from '../../shared/PageHeader';
import { PlacePicker } from '../../shared/PlacePicker';
import { CODES, type CodedFilter } from './filters';
import { codeWord } from './words';
import '../../shared/form.css';

export const DAY_FIELDS = [
  'onset_on',
  'sampled_on',
  'confirmed_on',
  'reported_on',
  'admitted_on',
  'outcome_on',
  'second_negative_on',
  'under_restriction_since',
] as const;
export const CODE_FIELDS = ['severity', 'outcome', 'origin', 'detection_route', 'zone_class', 'sex'] as const;
const IDENTITY_FIELDS = ['name', 'phone', 'id_number', 'address_note'] as const;
type DayField = (typeof DAY_FIELDS)[number];
type CodeField = (typeof CODE_FIELDS)[number];

/** The form's values as plain data: what is sent, and what is compared. */
export type CaseValues = { [K in DayField]?: Day } & { [K in CodeField]?: string } & {
  number?: string;
  place_id?: string;
  classification?: Classification;
  age?: number;
  exposure?: string;
  name?: string;
  phone?: string;
  id_number?: string;
  address_note?: string;
};
type FormValues = Omit<CaseValues, DayField> & { [K in DayField]?: Dayjs | null };

export function valuesOf(c: Case): CaseValues {
  const out: CaseValues = {
    number: c.number,
    place_id: c.place_id,
    age: c.age ?? undefined,
    exposure: c.exposure || '',
  };
  for (const key of CODE_FIELDS) out[key] = c[key];
  for (const key of DAY_FIELDS) out[key] = c[key] || '';
  return out;
}

/** Only what differs from what was read is sent, so that two people who change different things both keep theirs. */
export function changesOf(before: CaseValues, after: CaseValues): CaseValues {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(after)) {
    const old = before[key as keyof CaseValues];
    if (value === undefined || value === null || value === old || (value === '' && !old)) continue;
    out[key] = value;
  }
  return out as CaseValues;
}

export function toForm(values: CaseValues): FormValues {
  const out: Record<string, unknown> = { ...values };
  for (const key of DAY_FIELDS) out[key] = values[key] ? dayjs(values[key]) : null;
  return out as FormValues;
}
export function fromForm(values: FormValues): CaseValues {
  const out: Record<string, unknown> = { ...values };
  for (const key of DAY_FIELDS) out[key] = values[key] ? values[key]?.format('YYYY-MM-DD') : '';
  return out as CaseValues;
}

type Props = {
  initial: CaseValues;
  form: FormInstance;
  /** A new case states its classification; later it is changed by reclassifying, with a reason. */
  isNew: boolean;
  error: unknown;
  busy: boolean;
  submitText: string;
  onSubmit: (values: CaseValues) => Promise<void>;
  onCancel: () => void;
  notice?: ReactNode;
};

export function CaseForm({ initial, form, isNew, error, busy, submitText, onSubmit, onCancel, notice }: Props) {
  const { t } = useTranslation(['cases', 'words', 'shared']);
  const { incident } = useScope();
  const [dirty, setDirty] = useState(false);
  const [sending, setSending] = useState(false);
  const warning = useUnsavedWarning(dirty && !sending);
  const latest = dayjs(today(incident?.time_zone ?? 'Asia/Shanghai')).add(1, 'day');
  const finish = async (values: FormValues) => {
    setSending(true);
    await onSubmit(fromForm(values));
    setSending(false);
  };
  const code = (name: CodeField) => (
    <Form.Item key={name} name={name} label={t(`cases:field.${name}`)}>
      <Select
        options={CODES[name].map((value) => ({ value, label: codeWord(t, name as CodedFilter, value) }))}
        showSearch={false}
      />
    </Form.Item>
  );
  const day = (name: DayField) => (
    <Form.Item key={name} name={name} label={t(`cases:field.${name}`)}>
      <DatePicker style={{ width: '100%' }} disabledDate={(d) => d.isAfter(latest, 'day')} />
    </Form.Item>
  );
  return (
    <Form<FormValues>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={toForm(initial)}
      onFinish={finish}
      onValuesChange={() => setDirty(true)}
      onKeyDown={(e) => {
        // Enter in a date field takes the date; it must not send the half-filled form.
        if (isEnter(e) && (e.target as HTMLElement).closest('.ant-picker')) e.preventDefault();
      }}
      className="ac-stack ac-form-narrow"
      scrollToFirstError
    >
      <Panel title={t('cases:form.what')}>
        {isNew && (
          <Form.Item
            name="classification"
            label={t('cases:field.classification')}
            rules={[{ required: true, message: t('shared:required') }]}
          >
            <Radio.Group
              style={{ display: 'flex', flexWrap: 'wrap', gap: '8px 12px' }}
              options={CODES.classification.map((value) => ({ value, label: <ClassMark value={value} /> }))}
            />
          </Form.Item>
        )}
        <Row gutter={20}>
          <Col xs={24} sm={10}>
            <Form.Item
              name="number"
              label={t('cases:field.number')}
              extra={isNew ? t('cases:form.numberHint') : undefined}
              rules={isNew ? [] : [{ required: true, message: t('shared:required') }]}
            >
              <Input maxLength={100} />
            </Form.Item>
          </Col>
          <Col xs={24} sm={14}>
            <Form.Item
              name="place_id"
              label={t('cases:field.place')}
              extra={t('cases:form.placeHint')}
              rules={[{ required: true, message: t('shared:required') }]}
              valuePropName="value"
              trigger="onChange"
            >
              <PlaceField rootId={incident?.place_id} label={t('cases:field.place')} />
            </Form.Item>
          </Col>
        </Row>
      </Panel>
      <Panel title={t('cases:form.days')}>
        <div className="ac-form-grid">{DAY_FIELDS.map(day)}</div>
      </Panel>
      <Panel title={t('cases:form.facts')}>
        <div className="ac-form-grid">
          {CODE_FIELDS.map(code)}
          <Form.Item name="age" label={t('cases:field.age')}>
            <InputNumber min={0} max={130} precision={0} inputMode="numeric" style={{ width: '100%' }} />
          </Form.Item>
        </div>
        <Form.Item name="exposure" label={t('cases:field.exposure')}>
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
      </Panel>
      <Panel title={t('cases:form.who')}>
        <p className="ac-muted" style={{ marginBottom: 12 }}>
          {t(isNew ? 'cases:form.whoNew' : 'cases:form.whoEdit')}
        </p>
        <div className="ac-form-grid">
          {IDENTITY_FIELDS.map((name) => (
            <Form.Item key={name} name={name} label={t(`cases:field.${name}`)}>
              <Input autoComplete="off" maxLength={name === 'address_note' ? 500 : name === 'name' ? 200 : 50} />
            </Form.Item>
          ))}
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

/** The place picker as a field of a form, which hands it value and onChange. */
export function PlaceField({
  value,
  onChange,
  rootId,
  label,
  id,
}: {
  value?: string;
  onChange?: (id: string) => void;
  rootId?: string;
  label: string;
  id?: string;
}) {
  return (
    <PlacePicker
      value={value}
      onChange={(next) => onChange?.(next)}
      rootId={rootId}
      label={label}
      id={id}
      variant="field"
    />
  );
}
