import { useQueryClient } from '@tanstack/react-query';
import { Alert, App, Form, Modal, Radio, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { asProblem } from '../../api/problem';
import { FormError, useIdempotencyKey, useSubmit } from '../../shared/form';
import { PersonalInput } from '../people/PersonalInput';
import { peopleQuery } from '../people/queries';
import { refreshPeople } from '../people/refresh';
import type { Household, HouseholdKind } from '../people/types';
import { rowName } from '../people/words';

type Values = { number?: string | null; kind?: HouseholdKind | ''; head_id?: string | null; note?: string | null };

/** Only what was touched is sent. An empty text keeps what is on record; null was erased by hand. */
export function householdChanges(h: Pick<Household, 'kind' | 'head_id'>, v: Values): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const key of ['number', 'note'] as const) {
    const value = v[key];
    if (value === null) out[key] = '';
    else if (value?.trim()) out[key] = value.trim();
  }
  if ((v.kind ?? '') !== (h.kind ?? '')) out.kind = v.kind ?? '';
  if ((v.head_id ?? '') !== h.head_id) out.head_id = v.head_id ?? null;
  return out;
}

/** Number, kind, head and note of a household. */
export function EditHousehold({ h, onClose }: { h: Household; onClose: () => void }) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const [base, setBase] = useState(h);
  const { key, renew } = useIdempotencyKey();
  const { submit, busy, error } = useSubmit<Values>(form, async (v) => {
    const changes = householdChanges(base, v);
    try {
      if (Object.keys(changes).length > 0)
        await api.patch(`/households/${h.place.id}`, changes, { ifMatch: base.version, idempotencyKey: key });
    } catch (e) {
      if (asProblem(e).code === 'conflict.stale') {
        setBase(await client.fetchQuery({ ...peopleQuery.household(h.place.id), staleTime: 0 }));
        renew();
      }
      throw e;
    }
    void message.success(t('people:door.saved'));
    onClose();
    await refreshPeople(client);
  });
  const stale = asProblem(error).code === 'conflict.stale';
  return (
    <Modal
      open
      title={t('people:door.edit')}
      okText={t('shared:save')}
      cancelText={t('shared:cancel')}
      onOk={form.submit}
      onCancel={onClose}
      confirmLoading={busy}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: h.kind, head_id: h.head_id || undefined }}
        onFinish={submit}
      >
        {stale ? (
          <Alert type="warning" showIcon role="alert" title={t('people:door.stale')} />
        ) : (
          <FormError error={error} />
        )}
        <Form.Item name="head_id" label={t('people:door.head')}>
          <Select
            allowClear
            placeholder={t('people:door.headNone')}
            options={base.members.map((m) => ({ value: m.id, label: rowName(t, m) }))}
          />
        </Form.Item>
        <Form.Item name="kind" label={t('people:door.kind')}>
          <Radio.Group
            optionType="button"
            options={(['family', 'collective'] as const).map((value) => ({ value, label: t(`people:door.${value}`) }))}
          />
        </Form.Item>
        <Form.Item name="number" label={t('people:door.number')} extra={t('people:door.numberHint')}>
          <PersonalInput masked={base.number_masked} maxLength={50} />
        </Form.Item>
        <Form.Item name="note" label={t('people:door.note')} extra={t('people:door.noteHint')}>
          <PersonalInput masked={base.note_masked} maxLength={1000} rows={3} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
