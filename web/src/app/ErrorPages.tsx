import { CloudServerOutlined, DisconnectOutlined, FileUnknownOutlined, LockOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMessage } from '../api/message';
import { asProblem, OFFLINE } from '../api/problem';

export function ForbiddenPage() {
  const { t } = useTranslation('app');
  return (
    <div className="ac-state">
      <LockOutlined aria-hidden />
      <h1>{t('page403.title')}</h1>
      <p>{t('page403.why')}</p>
      <p>{t('page403.next')}</p>
    </div>
  );
}

export function NotFoundPage() {
  const { t } = useTranslation('app');
  return (
    <div className="ac-state">
      <FileUnknownOutlined aria-hidden />
      <h1>{t('page404.title')}</h1>
      <p>{t('page404.why')}</p>
      <div className="ac-state-next">
        <Link to="/">
          <Button type="primary">{t('page404.next')}</Button>
        </Link>
      </div>
    </div>
  );
}

/** A whole page that failed: forbidden, not found, unreachable or broken, each with its one next step. */
export function ErrorPage({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation('app');
  const message = useMessage();
  const problem = asProblem(error);
  if (problem.status === 403) return <ForbiddenPage />;
  if (problem.status === 404) return <NotFoundPage />;
  const offline = problem.code === OFFLINE;
  return (
    <div className="ac-state" role="alert" style={{ paddingTop: 80 }}>
      {offline ? <DisconnectOutlined aria-hidden /> : <CloudServerOutlined aria-hidden />}
      <h1>{offline ? t('pageOffline.title') : t('page500.title')}</h1>
      <p>{offline ? t('pageOffline.why') : problem.status > 0 ? message(problem) : t('page500.why')}</p>
      {problem.requestId !== '' && (
        <p className="ac-small ac-faint">
          {t('page500.ref')} <span className="ac-mono">{problem.requestId}</span>
        </p>
      )}
      <div className="ac-state-next">
        <Button type="primary" onClick={retry ?? (() => window.location.reload())}>
          {offline ? t('pageOffline.next') : t('page500.next')}
        </Button>
      </div>
    </div>
  );
}
