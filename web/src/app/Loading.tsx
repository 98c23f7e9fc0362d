import { Spin } from 'antd';
import { useTranslation } from 'react-i18next';

/** A calm wait: nothing is drawn for the first moment, so that fast answers do not flicker. */
export function Loading({ page = false }: { page?: boolean }) {
  const { t } = useTranslation('app');
  return (
    <div className="ac-spin" style={page ? { minHeight: '100vh' } : undefined} role="status" aria-label={t('loading')}>
      <Spin delay={250} />
    </div>
  );
}
