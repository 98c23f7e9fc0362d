import { DownloadOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, Button, Checkbox, Input, Modal, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, apiUrl } from '../../api/client';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { FormError, useIdempotencyKey } from '../../shared/form';
import { formatNumber } from '../../shared/format';
import { DIRECT_EXPORT, type ExportJob } from '../disclosure/queries';

type Props = {
  kind: 'people' | 'cases';
  /** The filters of the list, as in its address. */
  filter: Record<string, string | number | boolean | undefined>;
  total: number;
};

/** The one way a list of people leaves as a file: with a reason, and over 200 people with a second person. */
export function ExportButton(props: Props) {
  const { t } = useTranslation('privacy');
  const can = useCan();
  const [open, setOpen] = useState(false);
  const allowed = can(props.kind === 'people' ? 'people.person.export' : 'cases.case.export');
  if (!allowed || props.total === 0) return null;
  return (
    <>
      <Button icon={<DownloadOutlined aria-hidden />} onClick={() => setOpen(true)}>
        {t('exports.new')}
      </Button>
      {open && <ExportDialog {...props} close={() => setOpen(false)} />}
    </>
  );
}

function ExportDialog({ kind, filter, total, close }: Props & { close: () => void }) {
  const { t } = useTranslation('privacy');
  const lang = useLang();
  const can = useCan();
  const client = useQueryClient();
  const { key } = useIdempotencyKey();
  const [format, setFormat] = useState<'csv' | 'gb' | 'xlsx'>('csv');
  const [plain, setPlain] = useState(false);
  const [once, setOnce] = useState(false);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [done, setDone] = useState<ExportJob>();
  async function send() {
    setBusy(true);
    setError(null);
    try {
      const words = Object.entries(filter).filter(([, v]) => v !== undefined && v !== '');
      const job = await api.post<ExportJob>(
        '/exports',
        {
          kind,
          filter: Object.fromEntries(words.map(([k, v]) => [k, String(v)])),
          plain,
          once,
          format: format === 'xlsx' ? 'xlsx' : 'csv',
          encoding: format === 'gb' ? 'gb18030' : 'utf-8',
          reason,
        },
        { idempotencyKey: key },
      );
      setDone(job);
      await client.invalidateQueries({ queryKey: ['export'] });
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  }
  if (done)
    return (
      <Modal open title={t('exports.new')} footer={null} onCancel={close}>
        <div className="ac-stack-s">
          <Alert
            type={done.state === 'approved' ? 'success' : 'info'}
            showIcon
            title={t(done.state === 'approved' ? 'exports.ready' : 'exports.sent')}
          />
          <span className="ac-row">
            {done.state === 'approved' && (
              <Button type="primary" href={apiUrl(`/exports/${done.id}/file`)} download onClick={close}>
                {t('exports.fetch')}
              </Button>
            )}
            <Link to="/exports">{t('exports.toList')}</Link>
          </span>
        </div>
      </Modal>
    );
  return (
    <Modal
      open
      title={t('exports.new')}
      okText={t('exports.send')}
      okButtonProps={{ loading: busy, disabled: reason.trim().length < 5 }}
      onOk={() => void send()}
      onCancel={close}
    >
      <div className="ac-stack-s">
        <FormError error={error} />
        <p>{t('exports.newText', { n: formatNumber(total, lang) })}</p>
        {total > DIRECT_EXPORT && (
          <Alert type="warning" showIcon title={t('exports.newSecond', { n: DIRECT_EXPORT })} />
        )}
        <Radio.Group
          aria-label={t('exports.format')}
          value={format}
          onChange={(e) => setFormat(e.target.value as 'csv')}
          options={(['csv', 'gb', 'xlsx'] as const).map((f) => ({ value: f, label: t(`exports.${f}`) }))}
        />
        {kind === 'people' && can('people.person.export_plain') && (
          <Checkbox checked={plain} onChange={(e) => setPlain(e.target.checked)}>
            {t('exports.askPlain')}
          </Checkbox>
        )}
        <Checkbox checked={once} onChange={(e) => setOnce(e.target.checked)}>
          {t('exports.askOnce')}
        </Checkbox>
        <Input.TextArea
          rows={2}
          maxLength={500}
          aria-label={t('exports.reason')}
          placeholder={t('exports.reason')}
          value={reason}
          onChange={(e) => setReason(e.target.value)}
        />
      </div>
    </Modal>
  );
}
