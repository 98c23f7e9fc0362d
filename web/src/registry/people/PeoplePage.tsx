import { ImportOutlined, PlusOutlined, SearchOutlined } from '@ant-design/icons';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { App, Button, Select } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { openPalette } from '../../app/paletteDoor';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { usePhone } from '../../control/cases/CasesPage';
import { useLang } from '../../i18n';
import { type DataColumn, DataTable } from '../../shared/DataTable';
import { formatNumber, nameIn } from '../../shared/format';
import { PageHeader } from '../../shared/PageHeader';
import { EmptyState, ErrorState, FilteredEmpty } from '../../shared/states';
import { SavedViews } from '../../shared/views/SavedViews';
import { ExportButton } from '../../system/exports/ExportButton';
import { BulkChange } from '../bulk/BulkChange';
import { peopleColumns } from './columns';
import { FilterBar } from './FilterBar';
import { anySet, DEFAULT_SORT, NO_FILTERS, type PeopleFilters, readFilters, SORTS, writeFilters } from './filters';
import { PersonCards } from './PersonCards';
import { PersonPreview } from './PersonPreview';
import { type PeopleQuestion, peopleQuery } from './queries';
import type { PersonRow } from './types';
import { codeWord, rowName } from './words';
import '../../control/cases/cases.css';
import './people.css';

/** Who lives, works or stays in a place, door by door. */
export function PeoplePage() {
  const can = useCan();
  const { placeId } = useScope();
  if (!can('people.person.list')) return <ForbiddenPage />;
  return placeId ? <PeopleList placeId={placeId} /> : <Loading />;
}

function usePeople(placeId: string) {
  const search = useSearch({ from: '/people' });
  const filters = useMemo(() => readFilters(search), [search]);
  const sort = SORTS.find((s) => s === search.sort) ?? DEFAULT_SORT;
  const question = { ...writeFilters(filters), place_id: placeId, sort };
  const list = useInfiniteQuery({ ...peopleQuery.list(question), placeholderData: keepPreviousData });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  return {
    search,
    filters,
    sort,
    question,
    listKey: JSON.stringify(question),
    list,
    rows,
    total: list.data?.pages[0]?.total,
  };
}

function PeopleList({ placeId }: { placeId: string }) {
  const { t } = useTranslation(['people', 'app', 'shared', 'words']);
  const lang = useLang();
  const phone = usePhone();
  const { place } = useScope();
  const navigate = useNavigate({ from: '/people' });
  const { search, filters, sort, question, listKey, list, rows, total } = usePeople(placeId);
  const [selected, setSelected] = useState<string[]>([]);
  const [all, setAll] = useState(false);
  const select = (keys: string[]) => {
    setAll(false);
    setSelected(keys);
  };
  const set = (change: Record<string, string | undefined>) =>
    void navigate({ replace: true, resetScroll: false, search: (s) => ({ ...s, ...change }) });
  const filter = (next: PeopleFilters) => set({ ...writeFilters(next), open: undefined });
  const sortBy = (next: string | undefined) => set({ sort: next === DEFAULT_SORT ? undefined : next });
  const shown = rows?.find((p) => p.id === search.open);
  const filtered = anySet(filters);
  // Names in trails are the Chinese ones, whatever the language of the page.
  const shared = place ? [...place.ancestors, place].map((p) => p.name).join(' › ') : '';
  const columns = useMemo(() => peopleColumns(t, lang, shared), [t, lang, shared]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list has other rows
  useEffect(() => select([]), [listKey]);

  const more = list.hasNextPage ? () => void list.fetchNextPage() : undefined;
  const empty = filtered ? <FilteredEmpty onClear={() => filter(NO_FILTERS)} /> : <Nobody />;
  const bar = (
    <>
      <FilterBar filters={filters} onChange={filter} />
      <SavedViews
        list="people"
        filters={{ ...writeFilters(filters), sort: search.sort }}
        onApply={(next) => set({ ...next, open: undefined })}
      />
    </>
  );
  const openFile = (p: PersonRow) =>
    void navigate({
      to: '/people/$personId',
      params: { personId: p.id },
      search: (s) => ({ incident: s.incident, place: s.place }),
    });
  return (
    <div className="ac-page ac-cases">
      <PageHeader
        title={
          total === undefined || !place
            ? t('app:page.people')
            : t(filtered ? 'people:leadFiltered' : 'people:lead', {
                place: nameIn(place, lang),
                n: formatNumber(total, lang),
              })
        }
        tabTitle={t('app:page.people')}
        tools={<Tools question={question} total={total ?? 0} />}
      />
      {phone && (
        <div className="ac-row">
          {bar}
          <SortChoice sort={sort} onSort={sortBy} />
        </div>
      )}
      {list.isError && !rows ? (
        <ErrorState error={list.error} retry={() => list.refetch()} />
      ) : phone ? (
        <PersonCards
          rows={rows}
          shared={shared}
          empty={empty}
          total={total}
          more={more}
          busy={list.isFetchingNextPage}
        />
      ) : (
        <div className="ac-cases-body" data-preview={shown !== undefined || undefined}>
          <div className="ac-panel">
            <DataTable<PersonRow>
              id="people"
              listKey={listKey}
              columns={columns}
              rows={rows}
              rowKey={(p) => p.id}
              rowLabel={(p) => rowName(t, p)}
              loading={list.isPending || list.isPlaceholderData}
              error={list.error}
              retry={() => list.refetch()}
              sort={sort}
              onSort={sortBy}
              onOpen={(p) => (search.open === p.id ? openFile(p) : set({ open: p.id }))}
              openKey={search.open}
              selected={selected}
              onSelect={select}
              allResults={all}
              onAllResults={setAll}
              toolbar={
                <>
                  {bar}
                  <SortChoice sort={sort} onSort={sortBy} />
                </>
              }
              bulk={
                <>
                  <BulkChange
                    ids={selected}
                    all={all}
                    total={total}
                    filters={filters}
                    placeId={placeId}
                    onDone={() => select([])}
                  />
                  {!all && <CopyRows rows={rows ?? []} selected={selected} columns={columns} />}
                </>
              }
              empty={empty}
              total={total}
              onMore={more}
              loadingMore={list.isFetchingNextPage}
              height={(rows?.length ?? 0) > 12 ? 'fill' : undefined}
            />
          </div>
          {shown && <PersonPreview p={shown} onClose={() => set({ open: undefined })} />}
        </div>
      )}
    </div>
  );
}

function SortChoice({ sort, onSort }: { sort: string; onSort: (sort: string) => void }) {
  const { t } = useTranslation('people');
  const words = { place: 'door', '-updated': 'updated', age: 'younger', '-age': 'older' } as const;
  return (
    <Select
      className="ac-people-sort"
      value={sort}
      onChange={onSort}
      aria-label={t('sort.door')}
      options={SORTS.map((value) => ({ value, label: t(`sort.${words[value]}`) }))}
    />
  );
}

function Tools({ question, total }: { question: PeopleQuestion; total: number }) {
  const { t } = useTranslation(['people', 'app']);
  const can = useCan();
  return (
    <>
      {can('people.person.search') && (
        <Button icon={<SearchOutlined aria-hidden />} onClick={openPalette} title={t('people:findHint')}>
          {t('people:find')}
        </Button>
      )}
      <ExportButton kind="people" filter={question} total={total} />
      {can('people.person.create') && (
        <Link to="/people/new" search={(s) => ({ incident: s.incident, place: s.place })}>
          <Button type="primary" icon={<PlusOutlined aria-hidden />}>
            {t('people:new')}
          </Button>
        </Link>
      )}
    </>
  );
}

function Nobody() {
  const { t } = useTranslation('people');
  const can = useCan();
  return (
    <EmptyState
      title={t('none')}
      why={t('noneWhy')}
      next={
        can('imports.job.create') && (
          <Link to="/imports" search={(s) => ({ incident: s.incident, place: s.place, kind: 'people' })}>
            <Button type="primary" icon={<ImportOutlined aria-hidden />}>
              {t('noneNext')}
            </Button>
          </Link>
        )
      }
    />
  );
}

type CopyProps = { rows: PersonRow[]; selected: string[]; columns: DataColumn<PersonRow>[] };
/** Selected rows as they are shown, masked, for a sheet or a message. */
function CopyRows({ rows, selected, columns }: CopyProps) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const { message } = App.useApp();
  const chosen = rows.filter((p) => selected.includes(p.id));
  const copy = async () => {
    const title = (key: string) => columns.find((c) => c.key === key)?.title ?? '';
    const lines = chosen.map((p) => [
      p.name_masked,
      p.place_trail,
      p.relation && codeWord(t, 'relation', p.relation),
      p.age ?? '',
      codeWord(t, 'sex', p.sex),
      p.phone_masked,
    ]);
    const head = ['name', 'place', 'relation', 'age', 'sex', 'phone'].map(title);
    await navigator.clipboard.writeText([head, ...lines].map((line) => line.join('\t')).join('\n'));
    void message.success(t('people:copied', { count: chosen.length }));
  };
  return <Button onClick={() => void copy()}>{t('people:copyRows', { count: chosen.length })}</Button>;
}
