import { DownloadOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, DatePicker } from 'antd';
import dayjs from 'dayjs';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { Incident } from '../../api/types';
import { ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { type DataColumn, DataTable } from '../../shared/DataTable';
import { addDays, formatDay, isDay } from '../../shared/day';
import { downloadCsv } from '../../shared/download';
import { formatNumber, nameIn } from '../../shared/format';
import { PageHeader } from '../../shared/PageHeader';
import { EmptyState, ErrorState } from '../../shared/states';
import { CountDialog } from './CountDialog';
import { infectionsOf, sumOf, type Total } from './total';

/** Totals that areas reported in place of a line list. */
export function CountsPage() {
  const { t } = useTranslation('cases');
  const can = useCan();
  const { incident, placeId } = useScope();
  if (!can('cases.count.view')) return <ForbiddenPage />;
  if (!incident) return <EmptyState title={t('noIncident')} why={t('noIncidentWhy')} />;
  return placeId ? <Totals incident={incident} placeId={placeId} /> : <Loading />;
}

/** Without days in the address the last two weeks are shown. */
const DEFAULT_DAYS = 14;

function Totals({ incident, placeId }: { incident: Incident; placeId: string }) {
  const { t } = useTranslation('cases');
  const lang = useLang();
  const can = useCan();
  const { place, defaultDay } = useScope();
  const search = useSearch({ from: '/counts' });
  const navigate = useNavigate({ from: '/counts' });
  const to = isDay(search.to) ? search.to : defaultDay;
  const from = isDay(search.from) ? search.from : addDays(to, 1 - DEFAULT_DAYS);
  const counts = useQuery(q.counts({ incident_id: incident.id, place_id: placeId, from, to }));
  const [editing, setEditing] = useState<Total | 'new' | undefined>();
  const rows = useMemo(
    () => sortedTotals((counts.data?.items ?? []) as Total[], search.sort),
    [counts.data, search.sort],
  );
  const set = (change: { from?: string; to?: string; sort?: string }) =>
    void navigate({ replace: true, resetScroll: false, search: (s) => ({ ...s, ...change }) });
  const columns = useTotalColumns(can('cases.count.record') ? setEditing : undefined);
  const csv = () =>
    downloadCsv(`totals-${from}-${to}.csv`, [
      [
        'day',
        'place',
        'confirmed',
        'reclassified',
        'asymptomatic',
        'infections',
        'found_in_community',
        'imported',
        'deaths',
        'source',
      ],
      ...rows.map((r) => [
        r.on,
        r.place_name,
        r.confirmed,
        r.reclassified,
        r.asymptomatic,
        infectionsOf(r),
        r.found_in_community,
        r.imported ?? 0,
        r.deaths,
        r.source,
      ]),
    ]);
  return (
    <div className="ac-page">
      <PageHeader
        title={t('totals.title', { place: place ? nameIn(place, lang) : '' })}
        sub={t('totals.why')}
        tools={
          can('cases.count.record') && (
            <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEditing('new')}>
              {t('totals.add')}
            </Button>
          )
        }
      />
      {counts.isError && !counts.data ? (
        <ErrorState error={counts.error} retry={() => counts.refetch()} />
      ) : (
        <div className="ac-panel">
          <DataTable<Total>
            id="counts"
            columns={columns}
            rows={counts.data ? rows : undefined}
            rowKey={(r) => r.id}
            rowLabel={(r) => `${r.place_name} ${r.on}`}
            loading={counts.isPending}
            sort={search.sort ?? '-on'}
            onSort={(sort) => set({ sort })}
            onOpen={can('cases.count.record') ? setEditing : undefined}
            height={rows.length > 60 ? 620 : undefined}
            toolbar={
              <>
                {(['from', 'to'] as const).map((end) => (
                  <span className="ac-row" key={end} style={{ gap: 6 }}>
                    <span className="ac-muted">{t(`totals.${end}`)}</span>
                    <DatePicker
                      value={dayjs(end === 'from' ? from : to)}
                      allowClear={false}
                      aria-label={t(`totals.${end}`)}
                      style={{ width: 132 }}
                      onChange={(d) => d && set({ [end]: d.format('YYYY-MM-DD') })}
                    />
                  </span>
                ))}
                <Button icon={<DownloadOutlined aria-hidden />} disabled={rows.length === 0} onClick={csv}>
                  {t('totals.csv')}
                </Button>
              </>
            }
            empty={<EmptyState title={t('totals.none')} why={t('totals.noneWhy')} />}
          />
          {rows.length > 0 && <Sums rows={rows} />}
        </div>
      )}
      {editing && (
        <CountDialog
          incident={incident}
          placeId={placeId}
          first={editing === 'new' ? undefined : editing}
          known={rows}
          onClose={() => setEditing(undefined)}
        />
      )}
    </div>
  );
}

export function sortedTotals(rows: Total[], sort: string | undefined): Total[] {
  const key = (sort ?? '-on').replace(/^-/, '');
  const down = (sort ?? '-on').startsWith('-') ? -1 : 1;
  return [...rows].sort((a, b) => {
    const order =
      key === 'place'
        ? a.place_name.localeCompare(b.place_name, 'zh-CN')
        : key === 'infections'
          ? infectionsOf(a) - infectionsOf(b)
          : a.on < b.on
            ? -1
            : a.on > b.on
              ? 1
              : 0;
    return down * order || a.place_name.localeCompare(b.place_name, 'zh-CN');
  });
}

function useTotalColumns(onEdit: ((row: Total) => void) | undefined): DataColumn<Total>[] {
  const { t } = useTranslation('cases');
  const lang = useLang();
  const number = (key: 'confirmed' | 'reclassified' | 'asymptomatic' | 'deaths' | 'imported'): DataColumn<Total> => ({
    key,
    title: t(`totals.${key}`),
    width: 150,
    align: 'right',
    hidden: key === 'imported',
    render: (r) => formatNumber(r[key] ?? 0, lang),
  });
  return [
    {
      key: 'on',
      title: t('totals.on'),
      width: 120,
      sort: true,
      always: true,
      render: (r) => formatDay(r.on, lang, { year: true }),
    },
    { key: 'place', title: t('totals.place'), width: 150, sort: true, always: true, render: (r) => r.place_name },
    {
      key: 'infections',
      title: t('totals.infections'),
      width: 120,
      align: 'right',
      sort: true,
      render: (r) => <strong>{formatNumber(infectionsOf(r), lang)}</strong>,
    },
    number('confirmed'),
    number('reclassified'),
    number('asymptomatic'),
    {
      key: 'community',
      title: t('totals.community'),
      width: 160,
      align: 'right',
      render: (r) =>
        r.found_in_community === null ? (
          <span className="ac-muted">{t('totals.unknown')}</span>
        ) : (
          formatNumber(r.found_in_community, lang)
        ),
    },
    number('imported'),
    number('deaths'),
    { key: 'source', title: t('totals.source'), width: 220, render: (r) => r.source || '–' },
    ...(onEdit
      ? [
          {
            key: 'edit',
            title: '',
            width: 90,
            always: true,
            render: (r: Total) => (
              <Button
                size="small"
                type="text"
                aria-label={`${t('totals.edit')}: ${r.place_name} ${r.on}`}
                onClick={() => onEdit(r)}
              >
                {t('totals.edit')}
              </Button>
            ),
          },
        ]
      : []),
  ];
}

function Sums({ rows }: { rows: Total[] }) {
  const { t } = useTranslation('cases');
  const lang = useLang();
  const sum = sumOf(rows);
  const part = (name: string, n: number) => (
    <span className="ac-nowrap">
      {name} <strong>{formatNumber(n, lang)}</strong>
    </span>
  );
  return (
    <p className="ac-row" style={{ gap: 20, padding: '8px 12px', borderTop: '1px solid var(--ac-line)' }}>
      <strong>{t('totals.sum')}</strong>
      {part(t('totals.infections'), sum.infections)}
      {part(t('totals.confirmed'), sum.confirmed)}
      {part(t('totals.reclassified'), sum.reclassified)}
      {part(t('totals.asymptomatic'), sum.asymptomatic)}
      {part(t('totals.community'), sum.found_in_community ?? 0)}
      {sum.unsaid > 0 && <span className="ac-muted">({t('totals.unknownSome', { n: sum.unsaid })})</span>}
      {part(t('totals.deaths'), sum.deaths)}
    </p>
  );
}
