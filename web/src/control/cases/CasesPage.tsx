import { ImportOutlined, PlusOutlined } from '@ant-design/icons';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { type ReactNode, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { Case, Incident } from '../../api/types';
import { ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { DataTable } from '../../shared/DataTable';
import { formatDay } from '../../shared/day';
import { formatNumber, nameIn } from '../../shared/format';
import { ClassMark } from '../../shared/marks';
import { PageHeader } from '../../shared/PageHeader';
import { useShortcut } from '../../shared/shortcuts';
import { EmptyState, ErrorState, FilteredEmpty } from '../../shared/states';
import { SavedViews } from '../../shared/views/SavedViews';
import { ExportButton } from '../../system/exports/ExportButton';
import { CasePreview } from './CasePreview';
import { caseColumns } from './columns';
import { FilterBar } from './FilterBar';
import { anySet, type CaseFilters, NO_FILTERS, readFilters, writeFilters } from './filters';
import { caseQuery } from './queries';
import { WhyLine } from './WhyLine';
import { ageText, codeWord, shortTrail } from './words';
import './cases.css';

/** The line list: who is infected here, how found, how it stands. */
export function CasesPage() {
  const { t } = useTranslation(['cases', 'app']);
  const can = useCan();
  const { incident, placeId } = useScope();
  if (!can('cases.case.list')) return <ForbiddenPage />;
  if (!incident)
    return (
      <div className="ac-page">
        <PageHeader title={t('app:page.cases')} />
        <EmptyState title={t('cases:noIncident')} why={t('cases:noIncidentWhy')} />
      </div>
    );
  return placeId ? <LineList incident={incident} placeId={placeId} /> : <Loading />;
}

export function usePhone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia('(max-width: 767px)');
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => window.matchMedia('(max-width: 767px)').matches,
  );
}

function useCases(incident: Incident, placeId: string) {
  const search = useSearch({ from: '/cases' });
  const filters = useMemo(() => readFilters(search), [search]);
  const question = {
    ...writeFilters(filters),
    incident_id: incident.id,
    place_id: placeId,
    sort: search.sort,
  };
  const list = useInfiniteQuery({ ...caseQuery.list(question), placeholderData: keepPreviousData });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  return { search, filters, question, list, rows, total: list.data?.pages[0]?.total };
}

function LineList({ incident, placeId }: { incident: Incident; placeId: string }) {
  const { t } = useTranslation(['cases', 'app', 'shared', 'words']);
  const lang = useLang();
  const phone = usePhone();
  const { place } = useScope();
  const navigate = useNavigate({ from: '/cases' });
  const { search, filters, question, list, rows, total } = useCases(incident, placeId);
  const [selected, setSelected] = useState<string[]>([]);
  const set = (change: Record<string, string | undefined>) =>
    void navigate({ replace: true, resetScroll: false, search: (s) => ({ ...s, ...change }) });
  const filter = (next: CaseFilters) => set({ ...writeFilters(next), open: undefined });
  const shown = rows?.find((c) => c.id === search.open);
  const name = place ? nameIn(place, lang) : '';
  const filtered = anySet(filters);
  // Names in trails are the Chinese ones, whatever the language of the page.
  const shared = place ? [...place.ancestors, place].map((p) => p.name).join(' › ') : '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list has other rows
  useEffect(() => setSelected([]), [JSON.stringify(question)]);

  const more = list.hasNextPage ? () => void list.fetchNextPage() : undefined;
  const empty = filtered ? <FilteredEmpty onClear={() => filter(NO_FILTERS)} /> : <NoCases />;
  return (
    <div className="ac-page ac-cases">
      <PageHeader
        title={
          total === undefined
            ? t('app:page.cases')
            : t(filtered ? 'cases:leadFiltered' : 'cases:lead', { place: name, n: formatNumber(total, lang) })
        }
        tabTitle={t('app:page.cases')}
        tools={<Tools question={question} total={total} />}
      />
      {phone && <FilterBar filters={filters} onChange={filter} />}
      <WhyLine filters={filters} incidentId={incident.id} placeId={placeId} placeName={name} total={total} />
      {list.isError && !rows ? (
        <ErrorState error={list.error} retry={() => list.refetch()} />
      ) : phone ? (
        <Cards rows={rows} shared={shared} empty={empty} total={total} more={more} busy={list.isFetchingNextPage} />
      ) : (
        <div className="ac-cases-body" data-preview={shown !== undefined || undefined}>
          <div className="ac-panel ac-cases-table">
            <DataTable<Case>
              id="cases"
              columns={caseColumns(t, lang, shared)}
              rows={rows}
              rowKey={(c) => c.id}
              rowLabel={(c) => `${c.number} ${codeWord(t, 'classification', c.classification)}`}
              loading={list.isFetching && !list.isFetchingNextPage}
              error={list.error}
              retry={() => list.refetch()}
              sort={search.sort ?? '-reported_on'}
              onSort={(sort) => set({ sort })}
              onOpen={(c) =>
                search.open === c.id
                  ? void navigate({
                      to: '/cases/$caseId',
                      params: { caseId: c.id },
                      search: (s) => ({ incident: s.incident, place: s.place }),
                    })
                  : set({ open: c.id })
              }
              openKey={search.open}
              selected={selected}
              onSelect={setSelected}
              toolbar={
                <>
                  <SavedViews list="cases" filters={{ ...writeFilters(filters), sort: search.sort }} onApply={set} />
                  <FilterBar filters={filters} onChange={filter} />
                </>
              }
              bulk={<Bulk rows={rows ?? []} selected={selected} />}
              empty={empty}
              total={total}
              onMore={more}
              loadingMore={list.isFetchingNextPage}
              height={(rows?.length ?? 0) > 12 ? 'fill' : undefined}
              listKey={JSON.stringify(question)}
            />
          </div>
          {shown && <Preview c={shown} onClose={() => set({ open: undefined })} />}
        </div>
      )}
    </div>
  );
}

/** Closes on Escape wherever the focus is, so that the list is one key away. */
function Preview({ c, onClose }: { c: Case; onClose: () => void }) {
  useShortcut('rowLeave', onClose);
  return <CasePreview c={c} onClose={onClose} />;
}

function Tools({ question, total }: { question: Record<string, string | undefined>; total: number | undefined }) {
  const { t } = useTranslation('cases');
  const can = useCan();
  return (
    <>
      <ExportButton kind="cases" filter={question} total={total ?? 0} />
      {can('cases.case.open') && (
        <Link to="/cases/new" search={(s) => ({ incident: s.incident, place: s.place })}>
          <Button type="primary" icon={<PlusOutlined aria-hidden />}>
            {t('new')}
          </Button>
        </Link>
      )}
    </>
  );
}

function NoCases() {
  const { t } = useTranslation('cases');
  const can = useCan();
  return (
    <EmptyState
      title={t('none')}
      why={t('noneWhy')}
      next={
        can('imports.job.create') && (
          <Link to="/imports" search={(s) => ({ incident: s.incident, place: s.place })}>
            <Button type="primary" icon={<ImportOutlined aria-hidden />}>
              {t('noneNext')}
            </Button>
          </Link>
        )
      }
    />
  );
}

function Bulk({ rows, selected }: { rows: Case[]; selected: string[] }) {
  const { t } = useTranslation('cases');
  const { message } = App.useApp();
  const chosen = rows.filter((c) => selected.includes(c.id));
  const copy = async () => {
    await navigator.clipboard.writeText(chosen.map((c) => c.number).join('\n'));
    void message.success(t('copied', { count: chosen.length }));
  };
  return <Button onClick={() => void copy()}>{t('copyNumbers', { count: chosen.length })}</Button>;
}

type CardsProps = {
  shared: string;
  rows: Case[] | undefined;
  empty: ReactNode;
  total: number | undefined;
  more: (() => void) | undefined;
  busy: boolean;
};
/** On a phone a row is a card: what is needed to find and open a case. */
function Cards({ rows, shared, empty, total, more, busy }: CardsProps) {
  const { t } = useTranslation(['cases', 'words', 'shared']);
  const lang = useLang();
  if (!rows) return <Loading />;
  if (rows.length === 0) return <div className="ac-panel">{empty}</div>;
  return (
    <div className="ac-panel">
      <ul className="ac-case-cards">
        {rows.map((c) => (
          <li key={c.id}>
            <Link
              to="/cases/$caseId"
              params={{ caseId: c.id }}
              search={(s) => ({ incident: s.incident, place: s.place })}
            >
              <span className="ac-row-between" style={{ flexWrap: 'nowrap' }}>
                <ClassMark value={c.classification} community={c.found_in_community} />
                <span className="ac-mono ac-ellipsis">{c.number}</span>
              </span>
              <span className="ac-small ac-muted">{shortTrail(c.place_trail || c.place_name, shared)}</span>
              <span className="ac-small ac-muted">
                {[
                  formatDay(c.reported_on ?? c.counted_on, lang),
                  codeWord(t, 'detection_route', c.detection_route),
                  ageText(t, c),
                ].join(' · ')}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <div className="ac-dt-foot">
        <span>
          {t('shared:table.partial', { shown: formatNumber(rows.length, lang), total: formatNumber(total, lang) })}
        </span>
        {more && (
          <Button onClick={more} loading={busy}>
            {t('shared:more')}
          </Button>
        )}
      </div>
    </div>
  );
}
