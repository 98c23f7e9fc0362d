import { FilterOutlined, InboxOutlined, WarningOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMessage } from '../api/message';
import { asProblem } from '../api/problem';

/** Says what this is, why it is empty, and the one next step. */
export function EmptyState({
  title,
  why,
  next,
  icon,
}: {
  title: ReactNode;
  why?: ReactNode;
  next?: ReactNode;
  icon?: ReactNode;
}) {
  return (
    <div className="ac-state">
      {icon ?? <InboxOutlined aria-hidden />}
      <h2>{title}</h2>
      {why && <p>{why}</p>}
      {next && <div className="ac-state-next">{next}</div>}
    </div>
  );
}

/** Empty because of the filters: the next step is to clear them. */
export function FilteredEmpty({ onClear }: { onClear: () => void }) {
  const { t } = useTranslation('shared');
  return (
    <EmptyState
      icon={<FilterOutlined aria-hidden />}
      title={t('empty.filtered')}
      why={t('empty.filteredHint')}
      next={<Button onClick={onClear}>{t('empty.clearFilters')}</Button>}
    />
  );
}

/** A part of a page that failed; the rest of the page stays usable. */
export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation('shared');
  const message = useMessage();
  const { requestId } = asProblem(error);
  return (
    <div className="ac-state" role="alert">
      <WarningOutlined aria-hidden />
      <p>{message(error)}</p>
      {requestId !== '' && <p className="ac-small ac-faint ac-mono">{t('reference', { id: requestId })}</p>}
      {retry && (
        <div className="ac-state-next">
          <Button onClick={retry}>{t('retry')}</Button>
        </div>
      )}
    </div>
  );
}
