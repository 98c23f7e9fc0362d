import { DownloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '../../i18n';
import { type DataColumn, DataTable } from '../../shared/DataTable';
import { downloadCsv } from '../../shared/download';
import { formatNumber, nameIn } from '../../shared/format';
import { EmptyState } from '../../shared/states';
import { aboveOf, type PlaceWindow } from './outbreak';

type SortKey = 'name' | 'infections' | 'community' | 'control' | 'confirmed' | 'asymptomatic' | 'reclassified';
type Props = {
  rows: PlaceWindow[];
  /** Names of places above, by path. */
  above: Map<string, string>;
  loading: boolean;
  error: unknown;
  retry: () => void;
  elsewhere: number;
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
  selected: string | undefined;
  onPick: (id: string) => void;
  fileName: string;
};

const figureIn = (p: PlaceWindow, key: SortKey): number | string | null => {
  if (key === 'name') return p.name;
  if (key === 'control') return p.infections - p.community;
  return p[key];
};

export function sorted(rows: PlaceWindow[], sort: string | undefined): PlaceWindow[] {
  const by = (sort ?? '-infections').replace(/^-/, '') as SortKey;
  const down = (sort ?? '-infections').startsWith('-') ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [figureIn(a, by), figureIn(b, by)];
    const order =
      typeof x === 'string' || typeof y === 'string'
        ? String(x).localeCompare(String(y), 'zh-CN', { numeric: true })
        : (x ?? -1) - (y ?? -1);
    return down * order || b.infections - a.infections || a.path.localeCompare(b.path);
  });
}

/** The same numbers as the map, in rows: one key away, and the way for the keyboard. */
export function MapTable(props: Props) {
  const { rows, above, sort, onSort, elsewhere, onPick, fileName } = props;
  const { t } = useTranslation('map');
  const lang = useLang();
  const list = useMemo(() => sorted(rows, sort), [rows, sort]);
  const number = (key: SortKey): DataColumn<PlaceWindow> => ({
    key,
    title: t(`table.${key}`),
    align: 'right',
    width: 120,
    sort: true,
    render: (p) => formatNumber(figureIn(p, key) as number | null, lang),
  });
  const columns: DataColumn<PlaceWindow>[] = [
    { key: 'name', title: t('table.name'), width: 220, sort: true, always: true, render: (p) => nameIn(p, lang) },
    ...(above.size > 0
      ? [
          {
            key: 'where',
            title: t('table.where'),
            width: 240,
            render: (p: PlaceWindow) => <span className="ac-muted">{aboveOf(p.path, above).join(' · ')}</span>,
          },
        ]
      : []),
    number('infections'),
    number('community'),
    number('control'),
    number('confirmed'),
    number('asymptomatic'),
    { ...number('reclassified'), hidden: true },
  ];
  const csv = () =>
    downloadCsv(`${fileName}.csv`, [
      [
        'place_id',
        'name',
        'above',
        'infections',
        'found_in_community',
        'found_under_control',
        'confirmed',
        'asymptomatic',
      ],
      ...list.map((p) => [
        p.id,
        p.name,
        aboveOf(p.path, above).join(' · '),
        p.infections,
        p.community,
        p.infections - p.community,
        p.confirmed,
        p.asymptomatic,
      ]),
    ]);
  const total = rows.reduce((sum, p) => sum + p.infections, 0);
  return (
    <DataTable
      id="map"
      columns={columns}
      rows={list}
      rowKey={(p) => p.id}
      rowLabel={(p) => `${nameIn(p, lang)} ${p.infections}`}
      loading={props.loading}
      error={props.error}
      retry={props.retry}
      sort={sort ?? '-infections'}
      onSort={onSort}
      onOpen={(p) => onPick(p.id)}
      openKey={props.selected}
      height={list.length > 100 ? 520 : undefined}
      toolbar={
        <>
          <Button icon={<DownloadOutlined aria-hidden />} onClick={csv}>
            {t('table.csv')}
          </Button>
          <span className="ac-muted">
            {t('table.total')} {formatNumber(total + elsewhere, lang)}
            {elsewhere > 0 && ` · ${t('table.elsewhere')} ${formatNumber(elsewhere, lang)}`}
          </span>
        </>
      }
      empty={<EmptyState title={t('table.empty')} why={t('table.emptyWhy')} />}
    />
  );
}
