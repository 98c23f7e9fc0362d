import { useQueryClient } from '@tanstack/react-query';
import { App, DatePicker, Form, Input, Modal, Radio } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Case, Classification } from '../../api/types';
import { useScope } from '../../app/scope';
import { today } from '../../shared/day';
import { FormError, useIdempotencyKey, useSubmit } from '../../shared/form';
import { ClassMark } from '../../shared/marks';
import { CODES } from './filters';

type Values = { classification: Classification; on: Dayjs; reason: string };

/** A new classification, from a day on and for a reason. Nothing earlier is overwritten. */
export function ReclassifyDialog({ c, onClose }: { c: Case; onClose: () => void }) {
  const { t } = useTranslation(['cases', 'words', 'shared']);
  const { message } = App.useApp();
  const { incident } = useScope();
  const client = useQueryClient();
  const [form] = Form.useForm<Values>();
  const { key } = useIdempotencyKey();
  const now = today(incident?.time_zone ?? 'Asia/Shanghai');
  const wanted = Form.useWatch('classification', form);
  const { submit, busy, error } = useSubmit(form, async ({ classification, on, reason }) => {
    const body = { classification, on: on.format('YYYY-MM-DD'), reason: reason.trim() };
    await api.post(`/cases/${c.id}/classifications`, body, { idempotencyKey: key, ifMatch: c.version });
    void message.success(t('cases:reclassify.done'));
    await client.invalidateQueries({
      predicate: ({ queryKey }) => ['case', 'situation', 'clearance', 'audit'].includes(String(queryKey[0])),
    });
    onClose();
  });
  const effect =
    c.classification === 'asymptomatic' && wanted === 'confirmed'
      ? t('cases:reclassify.toConfirmed')
      : wanted === 'excluded'
        ? t('cases:reclassify.toExcluded')
        : t('cases:reclassify.effect');
  return (
    <Modal
      open
      title={t('cases:reclassify.title', { number: c.number })}
      okText={t('cases:reclassify.submit')}
      cancelText={t('shared:cancel')}
      onOk={form.submit}
      onCancel={onClose}
      confirmLoading={busy}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={submit}
        initialValues={{ on: dayjs(c.counted_on && c.counted_on > now ? c.counted_on : now) }}
      >
        <FormError error={error} />
        <p style={{ marginBottom: 12 }}>
          {t('cases:reclassify.now')} <ClassMark value={c.classification} community={c.found_in_community} />
        </p>
        <Form.Item
          name="classification"
          label={t('cases:reclassify.to')}
          rules={[{ required: true, message: t('shared:required') }]}
        >
          <Radio.Group
            style={{ display: 'grid', gap: 8 }}
            options={CODES.classification
              .filter((value) => value !== c.classification)
              .map((value) => ({ value, label: <ClassMark value={value} /> }))}
          />
        </Form.Item>
        <Form.Item
          name="on"
          label={t('cases:reclassify.on')}
          rules={[{ required: true, message: t('shared:required') }]}
        >
          <DatePicker allowClear={false} disabledDate={(d) => d.format('YYYY-MM-DD') > now} />
        </Form.Item>
        <Form.Item
          name="reason"
          label={t('cases:reclassify.reason')}
          rules={[{ required: true, whitespace: true, message: t('shared:required') }]}
        >
          <Input.TextArea rows={3} maxLength={1000} />
        </Form.Item>
        <p className="ac-muted">{effect}</p>
      </Form>
    </Modal>
  );
}
