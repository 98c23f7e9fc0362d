import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, DatePicker, Form, Input, Modal, Radio, Select, Spin } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMessage } from '../../api/message';
import { useLang } from '../../i18n';
import { FormError, useIdempotencyKey, useSubmit } from '../../shared/form';
import { formatNumber } from '../../shared/format';
import { CARE_NEEDS, CATEGORIES, type CareNeed, type Category } from '../people/types';
import { codeWord } from '../people/words';
import { BulkProgress } from './BulkProgress';
import { type Bulk, type BulkPreview, type Deed, type Selection, tally } from './bulk';
import { Refusals } from './Refusals';

type What = 'category' | 'add_need' | 'end_need';
type Values = { what: What; category?: Category; add_need?: CareNeed; end_need?: CareNeed; on?: Dayjs; reason: string };
type Props = { selection: Selection; count: number; onClose: () => void; onDone: () => void };

function deedOf(v: Partial<Values> | undefined): Deed | undefined {
  const value = v?.what && v[v.what];
  if (!v?.what || !value) return undefined;
  const on = v.what === 'add_need' && v.on ? { on: v.on.format('YYYY-MM-DD') } : {};
  return { [v.what]: value, ...on };
}

/** One change for many people: what, who changes and who does not, why; then how it goes, and back. */
export function BulkDialog({ selection, count, onClose, onDone }: Props) {
  const { t } = useTranslation(['people', 'words', 'shared', 'bulk']);
  const lang = useLang();
  const client = useQueryClient();
  const [form] = Form.useForm<Values>();
  const { key } = useIdempotencyKey();
  const [started, setStarted] = useState<Bulk>();
  const values = Form.useWatch<Partial<Values>>([], form);
  const deed = deedOf(values);
  const preview = usePreview(selection, deed);
  const change = preview.data && deed ? tally(preview.data).change : undefined;
  const { submit, busy, error } = useSubmit(form, async ({ reason }) => {
    const bulk = await api.post<Bulk>(
      '/people/bulks',
      { ...selection, deed, reason: reason.trim() },
      { idempotencyKey: key },
    );
    await client.invalidateQueries({ queryKey: ['bulk'] });
    setStarted(bulk);
  });
  if (started)
    return (
      <Modal open title={t('bulk:progress')} footer={null} onCancel={onDone} mask={{ closable: false }}>
        <BulkProgress id={started.id} onClose={onDone} />
      </Modal>
    );
  return (
    <Modal
      open
      width={600}
      title={t('bulk:title', { n: formatNumber(count, lang) })}
      okText={change === undefined ? t('bulk:choose') : t('bulk:run', { n: formatNumber(change, lang) })}
      okButtonProps={{ disabled: !change }}
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
        initialValues={{ what: 'category', on: dayjs() }}
      >
        <FormError error={error} />
        <Form.Item name="what" label={t('bulk:what')}>
          <Radio.Group
            options={(['category', 'add_need', 'end_need'] as const).map((value) => ({
              value,
              label: t(`bulk:deed.${value}`),
            }))}
          />
        </Form.Item>
        <DeedFields what={values?.what ?? 'category'} />
        <Who preview={preview} chosen={deed !== undefined} />
        <Form.Item
          name="reason"
          label={t('bulk:reason')}
          rules={[{ required: true, whitespace: true, message: t('shared:required') }]}
        >
          <Input.TextArea rows={2} maxLength={500} placeholder={t('bulk:reasonExample')} />
        </Form.Item>
        <p className="ac-muted">{t('bulk:undoable')}</p>
      </Form>
    </Modal>
  );
}

function usePreview(selection: Selection, deed: Deed | undefined) {
  return useQuery({
    queryKey: ['bulk', 'preview', selection, deed],
    queryFn: ({ signal }) => api.post<BulkPreview>('/people/bulk-preview', { ...selection, deed }, { signal }),
    enabled: deed !== undefined,
    gcTime: 0,
  });
}

function DeedFields({ what }: { what: What }) {
  const { t } = useTranslation(['people', 'words', 'shared', 'bulk']);
  const required = [{ required: true, message: t('shared:required') }];
  const needs = CARE_NEEDS.map((value) => ({ value, label: codeWord(t, 'care', value) }));
  if (what === 'category')
    return (
      <Form.Item name="category" label={t('people:chip.category')} rules={required}>
        <Select options={CATEGORIES.map((value) => ({ value, label: codeWord(t, 'category', value) }))} />
      </Form.Item>
    );
  return (
    <>
      <Form.Item key={what} name={what} label={t('people:chip.care')} rules={required}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={needs} />
      </Form.Item>
      {what === 'add_need' && (
        <Form.Item name="on" label={t('bulk:since')}>
          <DatePicker />
        </Form.Item>
      )}
    </>
  );
}

/** Who changes and who does not, and why, before anything is done. */
function Who({ preview, chosen }: { preview: ReturnType<typeof usePreview>; chosen: boolean }) {
  const { t } = useTranslation('bulk');
  const lang = useLang();
  const sentence = useMessage();
  if (!chosen) return null;
  if (preview.isError) return <Alert type="error" showIcon title={sentence(preview.error)} className="ac-bulk-who" />;
  if (!preview.data)
    return (
      <div className="ac-bulk-who" aria-live="polite">
        <Spin size="small" /> {t('counting')}
      </div>
    );
  const { change, same, refused } = tally(preview.data);
  const n = (value: number) => formatNumber(value, lang);
  return (
    <section className="ac-bulk-who" aria-live="polite">
      <p>
        <strong>{t('change', { n: n(change) })}</strong>
        {same > 0 && ` · ${t('same', { n: n(same) })}`}
        {refused > 0 && ` · ${t('refused', { n: n(refused) })}`}
      </p>
      <Refusals verdicts={preview.data.verdicts} />
    </section>
  );
}
