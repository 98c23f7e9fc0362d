import { EditOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, DatePicker, Form, Input, Modal } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Incident } from '../../api/types';
import { today } from '../../shared/day';
import { FormError, useSubmit } from '../../shared/form';

type Values = { name: string; name_en?: string; closed_on?: Dayjs | null };

/** Corrects the incident's names, closes it or opens it again. */
export function EditIncident({ incident }: { incident: Incident }) {
  const { t } = useTranslation(['incident', 'shared']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Values>();
  const { submit, busy, error, clear } = useSubmit(form, async (v) => {
    await api.patch(
      `/incidents/${incident.id}`,
      {
        name: v.name.trim(),
        name_en: v.name_en?.trim() ?? '',
        closed_on: v.closed_on ? v.closed_on.format('YYYY-MM-DD') : '',
      },
      { ifMatch: incident.version },
    );
    await client.invalidateQueries({ queryKey: ['incident'] });
    void message.success(t('incident:edited'));
    setOpen(false);
  });
  return (
    <>
      <Button
        className="ac-no-print"
        type="text"
        size="small"
        icon={<EditOutlined />}
        aria-label={t('incident:edit')}
        title={t('incident:edit')}
        onClick={() => setOpen(true)}
      />
      <Modal
        open={open}
        title={t('incident:edit')}
        okText={t('incident:editSave')}
        confirmLoading={busy}
        onOk={() => form.submit()}
        onCancel={() => {
          clear();
          setOpen(false);
        }}
        destroyOnHidden
      >
        <Form<Values>
          form={form}
          layout="vertical"
          requiredMark={false}
          onFinish={submit}
          initialValues={{ ...incident, closed_on: incident.closed_on ? dayjs(incident.closed_on) : null }}
          preserve={false}
        >
          <FormError error={error} />
          <Form.Item
            name="name"
            label={t('incident:form.name')}
            rules={[{ required: true, whitespace: true, message: t('shared:required') }]}
          >
            <Input maxLength={120} />
          </Form.Item>
          <Form.Item name="name_en" label={t('incident:form.nameEn')}>
            <Input maxLength={120} />
          </Form.Item>
          <Form.Item name="closed_on" label={t('incident:form.closed')} extra={t('incident:form.closedHint')}>
            <DatePicker
              style={{ width: 180 }}
              disabledDate={(d) =>
                d.format('YYYY-MM-DD') < incident.started_on || d.format('YYYY-MM-DD') > today(incident.time_zone)
              }
            />
          </Form.Item>
        </Form>
      </Modal>
    </>
  );
}
