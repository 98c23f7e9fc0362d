import { CloseOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Case } from '../../api/types';
import { ClassMark } from '../../shared/marks';
import { CaseFacts } from './CaseFacts';

/** A case beside the list: what the row has, without opening the file, which is recorded. */
export function CasePreview({ c, onClose }: { c: Case; onClose: () => void }) {
  const { t } = useTranslation(['cases', 'shared']);
  return (
    <aside className="ac-panel ac-preview" aria-label={t('cases:preview')}>
      <header>
        <h2 className="ac-mono">{c.number}</h2>
        <Button type="text" icon={<CloseOutlined aria-hidden />} aria-label={t('shared:close')} onClick={onClose} />
      </header>
      <div className="ac-panel-body ac-stack">
        <ClassMark value={c.classification} community={c.found_in_community} />
        <p className="ac-muted">{c.place_trail || c.place_name}</p>
        <Link to="/cases/$caseId" params={{ caseId: c.id }} search={(s) => ({ incident: s.incident, place: s.place })}>
          <Button type="primary">{t('cases:openFile')}</Button>
        </Link>
        <CaseFacts c={c} short />
      </div>
    </aside>
  );
}
