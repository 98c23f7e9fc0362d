import { CloseOutlined } from '@ant-design/icons';
import { Alert, Button, DatePicker, Form, type FormInstance, Input, Radio, Select } from 'antd';
import dayjs from 'dayjs';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useScope } from '../../app/scope';
import { PlaceField } from '../../control/cases/CaseForm';
import { today } from '../../shared/day';
import { FormError, useUnsavedWarning } from '../../shared/form';
import { isEnter } from '../../shared/keys';
import { Panel } from '../../shared/PageHeader';
import { PlacePicker } from '../../shared/PlacePicker';
import { CareField } from './CareField';
import { PersonalInput } from './PersonalInput';
import { PersonPicker } from './PersonPicker';
import {
  type DAYS,
  type FormValues,
  fromForm,
  isMinor,
  type PERSONAL,
  type PersonValues,
  toForm,
} from './personValues';
import { CATEGORIES, ID_KINDS, type Person, RELATIONS, SEXES } from './types';
import { type CodeArea, codeWord } from './words';
import '../../shared/form.css';
import './people.css';

type Personal = (typeof PERSONAL)[number];
const LENGTH: Record<Personal, number> = {
  name: 100,
  phone: 40,
  second_phone: 40,
  id_number: 50,
  address: 500,
  email: 200,
  emergency_contact: 200,
  workplace_text: 200,
  vehicle: 40,
  note: 2000,
};
const PHONE = /^[+\d][\d\s-]*$/;

type Props = {
  initial: PersonValues;
  form: FormInstance;
  /** The person that is changed; nothing when one is registered. */
  person?: Person;
  error: unknown;
  busy: boolean;
  submitText: string;
  onSubmit: (values: PersonValues) => Promise<void>;
  onCancel: () => void;
  notice?: ReactNode;
};

type WorkplaceProps = {
  value?: string | null;
  onChange?: (id: string | null) => void;
  rootId?: string;
  label: string;
  id?: string;
};
/** Where somebody works or learns: a place of the register, or none. */
function Workplace({ value, onChange, rootId, label, id }: WorkplaceProps) {
  const { t } = useTranslation('people');
  return (
    <span className="ac-workplace">
      <PlacePicker
        id={id}
        value={value ?? undefined}
        onChange={(next) => onChange?.(next)}
        rootId={rootId}
        label={label}
        placeholder={t('form.workplaceNone')}
      />
      {value && (
        <Button
          icon={<CloseOutlined aria-hidden />}
          aria-label={`${t('form.clear')}: ${label}`}
          onClick={() => onChange?.(null)}
        />
      )}
    </span>
  );
}

/** One form for registering and for changing a person. */
export function PersonForm({ initial, form, person, error, busy, submitText, onSubmit, onCancel, notice }: Props) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const { incident } = useScope();
  const [dirty, setDirty] = useState(false);
  const [sending, setSending] = useState(false);
  const warning = useUnsavedWarning(dirty && !sending);
  const now = today(incident?.time_zone ?? 'Asia/Shanghai');
  const finish = async (values: FormValues) => {
    setSending(true);
    await onSubmit(fromForm({ ...values }));
    setSending(false);
  };
  const masked: Partial<Record<Personal, string>> = person
    ? {
        name: person.name_masked,
        phone: person.phone_masked,
        id_number: person.id_masked,
        address: person.address_masked,
        second_phone: person.second_phone_masked,
        email: person.email_masked,
        emergency_contact: person.emergency_contact_masked,
        workplace_text: person.workplace_text_masked,
        vehicle: person.vehicle_masked,
        note: person.has_note ? '***' : '',
      }
    : {};
  const text = (name: Personal, rules: object[] = []) => (
    <Form.Item key={name} name={name} label={t(`people:field.${name}`)} rules={rules}>
      <PersonalInput masked={masked[name]} maxLength={LENGTH[name]} rows={name === 'note' ? 3 : undefined} />
    </Form.Item>
  );
  const code = (name: 'category' | 'relation' | 'id_kind', area: CodeArea, values: readonly string[]) => (
    <Form.Item name={name} label={t(`people:field.${name}`)}>
      <Select options={values.map((value) => ({ value, label: codeWord(t, area, value) }))} />
    </Form.Item>
  );
  const day = (name: (typeof DAYS)[number], future = false) => (
    <Form.Item name={name} label={t(`people:field.${name}`)}>
      <DatePicker style={{ width: '100%' }} disabledDate={future ? undefined : (d) => d.isAfter(dayjs(now), 'day')} />
    </Form.Item>
  );
  const phoneRule = [{ pattern: PHONE, message: t('people:form.phoneBad') }];
  const needName = {
    validator: (_: unknown, value: string) =>
      person || value?.trim() || form.getFieldValue('id_number')?.trim()
        ? Promise.resolve()
        : Promise.reject(new Error(t('people:form.needName'))),
  };
  return (
    <Form<FormValues>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={toForm(initial)}
      onFinish={finish}
      onValuesChange={() => setDirty(true)}
      onKeyDown={(e) => {
        // Enter in a field that opens a list or a calendar takes what is pointed at; it must not send a half-filled form.
        if (isEnter(e) && (e.target as HTMLElement).closest('.ant-picker,.ant-select')) e.preventDefault();
      }}
      className="ac-stack ac-form-narrow"
      scrollToFirstError
    >
      <Panel title={t('people:form.who')}>
        {person && (
          <p className="ac-muted" style={{ marginBottom: 12 }}>
            {t('people:form.whoEdit')}
          </p>
        )}
        <div className="ac-form-grid">
          {text('name', [needName])}
          {code('id_kind', 'idKind', [...ID_KINDS, ''])}
          {text('id_number')}
          {day('birth_on')}
          <Form.Item name="sex" label={t('people:field.sex')}>
            <Radio.Group
              optionType="button"
              options={SEXES.map((value) => ({ value, label: codeWord(t, 'sex', value) }))}
            />
          </Form.Item>
          {code('category', 'category', CATEGORIES)}
        </div>
      </Panel>
      <Panel title={t('people:form.contact')}>
        <div className="ac-form-grid">
          {text('phone', phoneRule)}
          {text('second_phone', phoneRule)}
          {text('email', [{ type: 'email' }])}
          {text('emergency_contact')}
          <Form.Item name="language" label={t('people:field.language')}>
            <Input maxLength={50} />
          </Form.Item>
        </div>
      </Panel>
      <Panel title={t('people:form.home')}>
        {!person?.place_id && (
          <Form.Item
            name="place_id"
            label={t('people:field.place')}
            extra={t('people:form.placeHint')}
            rules={person ? [] : [{ required: true, message: t('shared:required') }]}
          >
            <PlaceField rootId={incident?.place_id} label={t('people:field.place')} />
          </Form.Item>
        )}
        <div className="ac-form-grid">
          {text('address')}
          {day('home_since')}
          {code('relation', 'relation', [...RELATIONS, ''])}
          <Form.Item name="guardian_id" label={t('people:field.guardian')} extra={t('people:form.guardianHint')}>
            <PersonPicker first={person?.guardian} except={person?.id} />
          </Form.Item>
        </div>
        <Form.Item noStyle dependencies={['birth_on', 'guardian_id']}>
          {() => {
            const birth = form.getFieldValue('birth_on')?.format?.('YYYY-MM-DD') as string | undefined;
            const alone = isMinor(birth, now) && !form.getFieldValue('guardian_id');
            return alone ? <Alert type="warning" showIcon title={t('people:chip.without_guardian')} /> : null;
          }}
        </Form.Item>
      </Panel>
      <Panel title={t('people:form.work')}>
        <div className="ac-form-grid">
          <Form.Item name="workplace_id" label={t('people:field.workplace')}>
            <Workplace rootId={incident?.place_id} label={t('people:field.workplace')} />
          </Form.Item>
          {text('workplace_text')}
          {text('vehicle')}
        </div>
      </Panel>
      <Panel title={t('people:form.care')}>
        <Form.Item name="care" extra={t('people:form.careHint')}>
          <CareField />
        </Form.Item>
      </Panel>
      <Panel title={t('people:form.other')}>
        {text('note')}
        <div className="ac-form-grid">{day('keep_until', true)}</div>
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
