import { useQueryClient } from '@tanstack/react-query';
import { App, Checkbox, Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { FormError, useIdempotencyKey, useSubmit } from '../form';
import { nameIn } from '../format';
import type { SavedView } from './savedViews';

type Values = { name: string; shared: boolean };
type Props = { list: string; query: string; view?: SavedView; onClose: () => void };

/** Gives the filters of now a name, or changes a view; sharing is offered to those who may. */
export function SaveViewDialog({ list, query, view, onClose }: Props) {
  const { t } = useTranslation(['views', 'shared']);
  const { message } = App.useApp();
  const lang = useLang();
  const can = useCan();
  const { place, placeId } = useScope();
  const client = useQueryClient();
  const [form] = Form.useForm<Values>();
  const { key } = useIdempotencyKey();
  const { submit, busy, error } = useSubmit(form, async ({ name, shared }) => {
    const at = view?.shared ? view.place_id : placeId;
    const body = { name: name.trim(), query, shared: shared === true, ...(shared && at ? { place_id: at } : {}) };
    if (view) await api.put(`/views/${view.id}`, body, { ifMatch: view.version });
    else await api.post('/views', { list, ...body }, { idempotencyKey: key });
    await client.invalidateQueries({ queryKey: ['view', list] });
    void message.success(t('views:saved', { name: name.trim() }));
    onClose();
  });
  return (
    <Modal
      open
      title={t(view ? 'views:editTitle' : 'views:saveTitle')}
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
        onFinish={submit}
        initialValues={{ name: view?.name ?? '', shared: view?.shared ?? false }}
      >
        <FormError error={error} />
        <Form.Item
          name="name"
          label={t('views:name')}
          rules={[{ required: true, whitespace: true, message: t('shared:required') }]}
        >
          <Input maxLength={60} autoFocus placeholder={t('views:nameExample')} />
        </Form.Item>
        {can('views.view.share') && (
          <Form.Item name="shared" valuePropName="checked" extra={t('views:shareHint')}>
            <Checkbox>{t('views:share', { place: place ? nameIn(place, lang) : t('views:everywhere') })}</Checkbox>
          </Form.Item>
        )}
        <p className="ac-muted">{t('views:what')}</p>
      </Form>
    </Modal>
  );
}
