import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, DatePicker, Drawer, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { AuditEntry, List } from '../../api/types';
import { ForbiddenPage } from '../../app/ErrorPages';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { type DataColumn, DataTable } from '../../shared/DataTable';
import { formatInstant } from '../../shared/day';
import { onEnter } from '../../shared/keys';
import { StateTag } from '../../shared/marks';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { EmptyState, FilteredEmpty } from '../../shared/states';
import { EntryDetail } from './EntryDetail';
import { Verify } from './Verify';

type Filters = { actor?: string; operation?: string; subject?: string; outcome?: string; from?: string; to?: string };
const KEYS = ['actor', 'operation', 'subject', 'outcome', 'from', 'to'] as const;
const PAGE = 100;

/** Who did what, when and why, and is the record intact? */
export function AuditPage() {
  const { t } = useTranslation('audit');
  const can = useCan();
  if (!can('audit.entry.view')) return <ForbiddenPage />;
  return (
    <div className="ac-page">
      <PageHeader title={t('title')} sub={t('sub')} />
      {can('audit.log.verify') && <Verify />}
      <Entries />
    </div>
  );
}

function FilterBar({ filters, set }: { filters: Filters; set: (change: Filters) => void }) {
  const { t } = useTranslation('audit');
  const text = (key: 'actor' | 'operation' | 'subject', width: number) => (
    <Input
      key={`${key}-${filters[key] ?? ''}`}
      allowClear
      defaultValue={filters[key]}
      placeholder={t(`filter.${key}`)}
      aria-label={t(`filter.${key}`)}
      style={{ width }}
      onKeyDown={onEnter((e) => set({ [key]: e.currentTarget.value.trim() || undefined }))}
      onBlur={(e) =>
        e.target.value.trim() !== (filters[key] ?? '') && set({ [key]: e.target.value.trim() || undefined })
      }
      onChange={(e) => e.target.value === '' && filters[key] && set({ [key]: undefined })}
    />
  );
  const day = (key: 'from' | 'to') => (
    <DatePicker
      value={filters[key] ? dayjs(filters[key]) : null}
      placeholder={t(`filter.${key}`)}
      aria-label={t(`filter.${key}`)}
      style={{ width: 136 }}
      onChange={(d) => set({ [key]: d ? d.format('YYYY-MM-DD') : undefined })}
    />
  );
  return (
    <>
      {text('actor', 150)}
      {text('operation', 190)}
      {text('subject', 190)}
      <Select
        allowClear
        placeholder={t('filter.outcome')}
        aria-label={t('filter.outcome')}
        value={filters.outcome}
        style={{ width: 110 }}
        onChange={(outcome?: string) => set({ outcome })}
        options={[
          { value: 'done', label: t('outcome.done') },
          { value: 'refused', label: t('outcome.refused') },
        ]}
      />
      {day('from')}
      {day('to')}
    </>
  );
}

function Entries() {
  const { t } = useTranslation('audit');
  const search = useSearch({ from: '/audit' });
  const navigate = useNavigate({ from: '/audit' });
  const { incident } = useScope();
  const zone = incident?.time_zone;
  const filters: Filters = Object.fromEntries(KEYS.map((k) => [k, search[k]]));
  const filtered = KEYS.some((k) => search[k]);
  const query = useInfiniteQuery({
    queryKey: ['audit', filters],
    queryFn: ({ pageParam, signal }) =>
      api.get<List<AuditEntry>>('/audit', { ...filters, cursor: pageParam, limit: PAGE }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor || undefined,
    placeholderData: keepPreviousData,
  });
  const rows = query.data?.pages.flatMap((p) => p.items);
  const open = rows?.find((e) => String(e.seq) === search.seq);
  const set = (change: Filters) =>
    void navigate({ replace: true, search: (s) => ({ ...s, ...change, seq: undefined }) });
  const show = (seq?: number) =>
    void navigate({ replace: true, search: (s) => ({ ...s, seq: seq === undefined ? undefined : String(seq) }) });
  const clear = () => set(Object.fromEntries(KEYS.map((k) => [k, undefined])));
  const columns: DataColumn<AuditEntry>[] = [
    { key: 'seq', title: t('col.seq'), width: 80, align: 'right', always: true, render: (e) => e.seq },
    { key: 'at', title: t('col.at'), width: 150, render: (e) => formatInstant(e.at, zone) },
    { key: 'actor', title: t('col.actor'), width: 140, render: (e) => e.actor_name || e.actor_id },
    {
      key: 'operation',
      title: t('col.operation'),
      width: 210,
      render: (e) => <span className="ac-mono">{e.operation}</span>,
    },
    {
      key: 'outcome',
      title: t('col.outcome'),
      width: 110,
      render: (e) => (
        <StateTag value={e.outcome === 'refused' ? 'refused' : 'done'}>
          {t(`outcome.${e.outcome === 'refused' ? 'refused' : 'done'}`)}
        </StateTag>
      ),
    },
    {
      key: 'subjects',
      title: t('col.subjects'),
      width: 240,
      render: (e) => <span className="ac-mono">{subjectsOf(e).join(' ')}</span>,
    },
    { key: 'reason', title: t('col.reason'), width: 220, render: (e) => e.reason },
    {
      key: 'request',
      title: t('col.request'),
      width: 200,
      hidden: true,
      render: (e) => <span className="ac-mono">{e.request_id}</span>,
    },
  ];
  return (
    <Panel flush>
      <DataTable<AuditEntry>
        id="audit"
        columns={columns}
        rows={rows}
        rowKey={(e) => String(e.seq)}
        rowLabel={(e) => `${e.seq} ${e.operation}`}
        loading={query.isPending}
        error={query.error}
        retry={() => query.refetch()}
        total={query.data?.pages[0]?.total}
        onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
        loadingMore={query.isFetchingNextPage}
        onOpen={(e) => show(e.seq)}
        openKey={search.seq}
        height={560}
        toolbar={
          <>
            <FilterBar filters={filters} set={set} />
            {filtered && (
              <Button type="text" onClick={clear}>
                {t('filter.clear')}
              </Button>
            )}
          </>
        }
        empty={filtered ? <FilteredEmpty onClear={clear} /> : <EmptyState title={t('none')} />}
      />
      <Drawer
        open={open !== undefined}
        onClose={() => show()}
        size={560}
        title={open && t('detail', { seq: open.seq })}
        destroyOnHidden
        mask={false}
        styles={{ wrapper: { maxWidth: '100vw' } }}
      >
        {open && <EntryDetail entry={open} zone={zone} />}
      </Drawer>
    </Panel>
  );
}

/** The records an entry is about: named by the server, or else those it changed. */
export function subjectsOf(entry: AuditEntry): string[] {
  const named = entry.subjects ?? [];
  return named.length > 0 ? named : [...new Set((entry.changes ?? []).map((c) => c.ref).filter(Boolean))];
}
