import { ApartmentOutlined, ArrowUpOutlined, ImportOutlined, PlusOutlined, SearchOutlined } from '@ant-design/icons';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { useDeferredValue, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import { ForbiddenPage } from '../../app/ErrorPages';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { type DataColumn, DataTable } from '../../shared/DataTable';
import { formatNumber, nameIn } from '../../shared/format';
import { Tag } from '../../shared/marks';
import { PageHeader } from '../../shared/PageHeader';
import { EmptyState } from '../../shared/states';
import { placeList } from './queries';
import type { FoundPlace } from './types';
import './places.css';

/** Walks the place tree, level by level, or finds a place by name. */
export function PlacesPage() {
  const { t } = useTranslation(['places', 'words']);
  const lang = useLang();
  const can = useCan();
  const search = useSearch({ from: '/places' });
  const navigate = useNavigate({ from: '/places' });
  const [text, setText] = useState(search.q ?? '');
  const wanted = useDeferredValue(text.trim());
  // One place at the top says nothing: what is below it is where walking begins.
  const tops = useInfiniteQuery({ ...placeList(undefined, undefined), enabled: can('places.place.view') });
  const only = tops.data?.pages[0]?.total === 1 ? tops.data.pages[0].items[0]?.id : undefined;
  const under = search.under ?? only;
  const here = useQuery(q.place(under ?? ''));
  const list = useInfiniteQuery({
    ...placeList(under, wanted || undefined),
    enabled: can('places.place.view'),
    placeholderData: keepPreviousData,
  });
  useEffect(() => {
    if ((search.q ?? '') === wanted) return;
    void navigate({ replace: true, resetScroll: false, search: (s) => ({ ...s, q: wanted || undefined }) });
  }, [wanted, search.q, navigate]);
  const go = (under: string | undefined) => {
    setText('');
    void navigate({ search: (s) => ({ ...s, q: undefined, under }) });
  };
  const columns = usePlaceColumns(wanted !== '', go);
  if (!can('places.place.view')) return <ForbiddenPage />;

  const rows = list.data?.pages.flatMap((page) => page.items);
  const total = list.data?.pages[0]?.total;
  const open = (p: FoundPlace) =>
    void navigate({
      to: '/places/$placeId',
      params: { placeId: p.id },
      search: (s) => ({ incident: s.incident, place: s.place }),
    });
  return (
    <div className="ac-page">
      <PageHeader title={t('places:title')} sub={t('places:sub')} tools={<Tools under={under} />} />
      <div className="ac-panel">
        <DataTable<FoundPlace>
          id="places"
          columns={columns}
          rows={rows}
          rowKey={(p) => p.id}
          rowLabel={(p) => `${nameIn(p, lang)} ${t(`words:level.${p.level}`)}`}
          loading={list.isFetching && !list.isFetchingNextPage}
          error={list.error}
          retry={() => list.refetch()}
          onOpen={open}
          total={wanted ? undefined : total}
          onMore={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
          loadingMore={list.isFetchingNextPage}
          toolbar={
            <div className="ac-places-bar">
              <Input
                allowClear
                value={text}
                prefix={<SearchOutlined aria-hidden />}
                placeholder={t('places:search')}
                aria-label={t('places:search')}
                onChange={(e) => setText(e.target.value)}
              />
              {wanted === '' && <Where here={here.data} top={only} onGo={go} />}
              {wanted !== '' && rows && <span className="ac-muted">{t('places:results', { count: rows.length })}</span>}
            </div>
          }
          empty={<Nothing searched={wanted !== ''} below={under !== undefined} />}
        />
      </div>
    </div>
  );
}

function usePlaceColumns(found: boolean, go: (under: string) => void): DataColumn<FoundPlace>[] {
  const { t } = useTranslation(['places', 'words']);
  const lang = useLang();
  const where: DataColumn<FoundPlace> = {
    key: 'where',
    title: t('places:column.where'),
    width: 320,
    render: (p) => p.ancestors ?? '',
  };
  return [
    {
      key: 'name',
      title: t('places:column.name'),
      width: 220,
      always: true,
      render: (p) => (
        <span className="ac-place-name">
          <Link
            to="/places/$placeId"
            params={{ placeId: p.id }}
            search={(s) => ({ incident: s.incident, place: s.place })}
          >
            {nameIn(p, lang) || p.code || '–'}
          </Link>
          {p.former && <span className="ac-small ac-muted">{t('places:formerly', { name: p.former })}</span>}
          {p.retired_on && <Tag>{t(p.successor_id ? 'places:retired.tagMerged' : 'places:retired.tag')}</Tag>}
        </span>
      ),
    },
    { key: 'level', title: t('places:column.level'), width: 110, render: (p) => t(`words:level.${p.level}`) },
    ...(found ? [where] : []),
    {
      key: 'code',
      title: t('places:column.code'),
      width: 150,
      render: (p) => <span className="ac-mono">{p.code || '–'}</span>,
    },
    {
      key: 'population',
      title: t('places:column.population'),
      width: 110,
      align: 'right',
      render: (p) => (p.population ? formatNumber(p.population, lang) : '–'),
    },
    {
      key: 'children',
      title: t('places:column.children'),
      width: 130,
      align: 'right',
      render: (p) =>
        p.children_count > 0 ? (
          <button type="button" className="ac-link-button" onClick={() => go(p.id)}>
            {formatNumber(p.children_count, lang)} <span aria-hidden>›</span>
            <span className="ac-sr">{`${t('places:look')}: ${nameIn(p, lang)}`}</span>
          </button>
        ) : (
          '–'
        ),
    },
  ];
}

type Here = {
  id: string;
  name: string;
  name_en: string;
  parent_id: string | null;
  ancestors: { id: string; name: string; name_en: string }[];
};
type WhereProps = { here: Here | undefined; top: string | undefined; onGo: (id: string | undefined) => void };
function Where({ here, top, onGo }: WhereProps) {
  const { t } = useTranslation('places');
  const lang = useLang();
  if (!here) return null;
  return (
    <nav className="ac-row ac-places-where" aria-label={t('column.where')}>
      {here.id !== top && (
        <Button
          size="small"
          icon={<ArrowUpOutlined aria-hidden />}
          aria-label={t('up', { name: nameIn(here.ancestors.at(-1) ?? { name: t('top') }, lang) })}
          onClick={() => onGo(here.parent_id || undefined)}
        />
      )}
      {[...here.ancestors].map((a) => (
        <span key={a.id}>
          <button type="button" className="ac-link-button" onClick={() => onGo(a.id)}>
            {nameIn(a, lang)}
          </button>{' '}
          <span aria-hidden>›</span>
        </span>
      ))}
      <strong>{nameIn(here, lang)}</strong>
    </nav>
  );
}

function Tools({ under }: { under: string | undefined }) {
  const { t } = useTranslation('places');
  const can = useCan();
  return (
    <>
      {can('imports.job.create') && (
        <Link to="/imports" search={(s) => ({ incident: s.incident, place: s.place, kind: 'places' })}>
          <Button icon={<ImportOutlined aria-hidden />}>{t('import')}</Button>
        </Link>
      )}
      {can('places.place.create') && (
        <Link to="/places/new" search={(s) => ({ incident: s.incident, place: s.place, under })}>
          <Button type="primary" icon={<PlusOutlined aria-hidden />}>
            {t('new')}
          </Button>
        </Link>
      )}
    </>
  );
}

function Nothing({ searched, below }: { searched: boolean; below: boolean }) {
  const { t } = useTranslation('places');
  const can = useCan();
  if (searched) return <EmptyState title={t('notFound')} why={t('notFoundWhy')} />;
  if (below) return <EmptyState icon={<ApartmentOutlined aria-hidden />} title={t('noChildren')} />;
  return (
    <EmptyState
      icon={<ApartmentOutlined aria-hidden />}
      title={t('none')}
      why={t('noneWhy')}
      next={
        can('imports.job.create') && (
          <Link to="/imports" search={(s) => ({ incident: s.incident, place: s.place, kind: 'places' })}>
            <Button type="primary">{t('noneNext')}</Button>
          </Link>
        )
      }
    />
  );
}
