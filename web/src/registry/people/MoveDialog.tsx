import { useQueryClient } from '@tanstack/react-query';
import { App, DatePicker, Form, Input, Modal } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useScope } from '../../app/scope';
import { PlaceField } from '../../control/cases/CaseForm';
import { today } from '../../shared/day';
import { FormError, useIdempotencyKey, useSubmit } from '../../shared/form';
import { isEnter } from '../../shared/keys';
import { refreshPeople } from './refresh';
import type { Person } from './types';

type Values = { place_id: string; home_since: Dayjs; move_reason: string };

/** A new home for a person; the earlier one stays in the record of homes. */
export function MoveDialog({ p, onClose }: { p: Person; onClose: () => void }) {
  const { t } = useTranslation(['people', 'shared']);
  const { incident } = useScope();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const { key } = useIdempotencyKey();
  const now = dayjs(today(incident?.time_zone ?? 'Asia/Shanghai'));
  const { submit, busy, error } = useSubmit<Values>(form, async (v) => {
    const body = {
      place_id: v.place_id,
      home_since: v.home_since.format('YYYY-MM-DD'),
      move_reason: v.move_reason.trim(),
    };
    await api.patch(`/people/${p.id}`, body, { ifMatch: p.version, idempotencyKey: key });
    void message.success(t('people:move.done'));
    onClose();
    await refreshPeople(client);
  });
  return (
    <Modal
      open
      title={t('people:move.title', { name: p.name_masked || '–' })}
      okText={t('people:move.submit')}
      cancelText={t('shared:cancel')}
      onOk={form.submit}
      onCancel={onClose}
      confirmLoading={busy}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ place_id: p.place_id ?? undefined, home_since: now }}
        onFinish={submit}
        onKeyDown={(e) => {
          if (isEnter(e) && (e.target as HTMLElement).closest('.ant-picker')) e.preventDefault();
        }}
      >
        <FormError error={error} />
        <p style={{ marginBottom: 12 }}>{t('people:move.why')}</p>
        {p.place_trail && (
          <p className="ac-muted" style={{ marginBottom: 12 }}>
            {t('people:move.now', { trail: p.place_trail })}
          </p>
        )}
        <Form.Item
          name="place_id"
          label={t('people:move.to')}
          extra={t('people:form.placeHint')}
          rules={[
            { required: true, message: t('shared:required') },
            {
              validator: (_, id: string) =>
                id && id === p.place_id ? Promise.reject(new Error(t('people:move.same'))) : Promise.resolve(),
            },
          ]}
        >
          <PlaceField rootId={incident?.place_id} label={t('people:move.to')} />
        </Form.Item>
        <Form.Item
          name="home_since"
          label={t('people:move.on')}
          rules={[{ required: true, message: t('shared:required') }]}
        >
          <DatePicker style={{ width: '100%' }} disabledDate={(d) => d.isAfter(now.add(1, 'day'), 'day')} />
        </Form.Item>
        <Form.Item
          name="move_reason"
          label={t('people:move.reason')}
          extra={t('people:move.reasonHint')}
          rules={[{ required: true, whitespace: true, message: t('shared:required') }]}
        >
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
