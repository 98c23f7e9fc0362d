import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatInstant } from '../../shared/day';
import { formatNumber } from '../../shared/format';
import { PageHeader } from '../../shared/PageHeader';
import { EmptyState, ErrorState } from '../../shared/states';
import { codeWord } from '../people/words';
import { BulkProgress } from './BulkProgress';
import { type Bulk, bulkQuery } from './bulk';
import './bulk.css';

/** The caller's changes of many people, latest first, each with what came of it. */
export function BulkPage() {
  const { t } = useTranslation(['people', 'words', 'shared', 'bulk']);
  const can = useCan();
  const list = useQuery({ ...bulkQuery.list(), enabled: can('people.bulk.view') });
  if (!can('people.bulk.view')) return <ForbiddenPage />;
  if (list.isError) return <ErrorState error={list.error} retry={() => list.refetch()} />;
  if (!list.data) return <Loading />;
  return (
    <div className="ac-page">
      <PageHeader title={t('bulk:page')} />
      {list.data.items.length === 0 ? (
        <EmptyState
          title={t('bulk:none')}
          why={t('bulk:noneWhy')}
          next={
            <Link to="/people" search={(s) => ({ incident: s.incident, place: s.place })}>
              <Button type="primary">{t('bulk:toPeople')}</Button>
            </Link>
          }
        />
      ) : (
        list.data.items.map((b) => <One key={b.id} b={b} />)
      )}
    </div>
  );
}

function One({ b }: { b: Bulk }) {
  const { t } = useTranslation(['people', 'words', 'shared', 'bulk']);
  const lang = useLang();
  const { category, add_need, end_need } = b.deed;
  const what = category
    ? t('bulk:deedOf', { deed: t('bulk:deed.category'), value: codeWord(t, 'category', category) })
    : t('bulk:deedOf', {
        deed: t(add_need ? 'bulk:deed.add_need' : 'bulk:deed.end_need'),
        value: codeWord(t, 'care', add_need ?? end_need ?? ''),
      });
  return (
    <article className="ac-panel ac-bulk-one">
      <h2>
        {what} · {t('bulk:people', { n: formatNumber(b.selected, lang) })}
      </h2>
      <p className="ac-muted">
        {formatInstant(b.created_at)} · {b.reason}
      </p>
      <BulkProgress id={b.id} />
    </article>
  );
}
