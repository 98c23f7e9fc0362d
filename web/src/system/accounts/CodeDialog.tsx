import { Button, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Instant } from '../../api/types';
import { formatInstant } from '../../shared/day';
import { CopyButton, Secret } from '../../shared/Secret';

export type IssuedCode = { name: string; code: string; expires_at: Instant; reason: 'created' | 'reset' };

/** The one-time code, shown once; it closes only by saying that it was handed over. */
export function CodeDialog({ issued, onClose }: { issued: IssuedCode | null; onClose: () => void }) {
  const { t } = useTranslation('accounts');
  return (
    <Modal
      open={issued !== null}
      title={issued ? t(`code.${issued.reason}`, { name: issued.name }) : t('code.title')}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      destroyOnHidden
      footer={
        <Button type="primary" onClick={onClose}>
          {t('code.done')}
        </Button>
      }
    >
      {issued && (
        <div className="ac-stack">
          <p>{t('code.text')}</p>
          <Secret text={issued.code} />
          <div className="ac-row-between">
            <span className="ac-muted">{t('code.expires', { at: formatInstant(issued.expires_at) })}</span>
            <CopyButton text={issued.code} label={t('code.copy')} />
          </div>
        </div>
      )}
    </Modal>
  );
}
