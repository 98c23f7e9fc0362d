import { SettingOutlined } from '@ant-design/icons';
import { Button, Checkbox, Popover, Segmented, Table, type TableColumnType } from 'antd';
import type { TableRef } from 'antd/es/table';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '../i18n';
import { formatNumber } from './format';
import { isComposing, isEnter } from './keys';
import { usePreference } from './preference';
import { isShortcut, useShortcut } from './shortcuts';
import { EmptyState, ErrorState } from './states';

export type DataColumn<T> = {
  key: string;
  title: string;
  render: (row: T) => ReactNode;
  width?: number;
  align?: 'left' | 'right' | 'center';
  /** Server sort key; defaults to `key` when true. */
  sort?: boolean | string;
  /** Not shown until the person chooses it. */
  hidden?: boolean;
  /** Can't be hidden. */
  always?: boolean;
  fixed?: 'left' | 'right';
};

export type DataTableProps<T> = {
  /** Name under which column choice and density are kept. */
  id: string;
  columns: DataColumn<T>[];
  rows: T[] | undefined;
  rowKey: (row: T) => string;
  /** Names a row for screen readers. */
  rowLabel: (row: T) => string;
  loading?: boolean;
  error?: unknown;
  retry?: () => void;
  /** `-reported_on` is descending. Bound to the URL by the page. */
  sort?: string;
  onSort?: (sort: string | undefined) => void;
  onOpen?: (row: T) => void;
  /** The row that a side panel shows. */
  openKey?: string;
  selected?: string[];
  onSelect?: (keys: string[]) => void;
  /** Shown left above the table; the column and density choice stands right. */
  toolbar?: ReactNode;
  /** Shown instead of the toolbar while rows are selected. */
  bulk?: ReactNode;
  empty?: ReactNode;
  total?: number;
  onMore?: () => void;
  loadingMore?: boolean;
  /** Height of the scrolling body; with it, long lists are drawn virtually. */
  height?: number;
};

const VIRTUAL_FROM = 120;
const DEFAULT_WIDTH = 140;

function useColumnChoice<T>(id: string, columns: DataColumn<T>[]) {
  const initial = columns
    .filter((c) => c.hidden)
    .map((c) => c.key)
    .join(',');
  const [stored, store] = usePreference<string>(`table.${id}.hidden`, initial);
  const hidden = useMemo(() => new Set(stored.split(',').filter(Boolean)), [stored]);
  const shown = useMemo(() => columns.filter((c) => c.always || !hidden.has(c.key)), [columns, hidden]);
  const toggle = (key: string) => {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    store([...next].join(',') || ',');
  };
  return { shown, hidden, toggle };
}

/** Keyboard rows: j / k or arrows move, Enter opens, x selects, Escape leaves. */
function useRowKeys<T>(props: DataTableProps<T>, scrollTo: (index: number) => void) {
  const { rows = [], rowKey, onOpen, selected = [], onSelect } = props;
  const [at, setAt] = useState(-1);
  const box = useRef<HTMLDivElement>(null);
  const focusRow = useCallback(
    (index: number) => {
      scrollTo(index);
      requestAnimationFrame(() =>
        box.current?.querySelector<HTMLElement>(`[data-row-index="${index}"]`)?.focus({ preventScroll: false }),
      );
    },
    [scrollTo],
  );
  const move = (step: number) => {
    if (rows.length === 0) return;
    const next = Math.max(0, Math.min(rows.length - 1, at + step));
    setAt(next);
    focusRow(next);
  };
  const inTable = () =>
    box.current?.contains(document.activeElement) ||
    document.activeElement === document.body ||
    document.activeElement?.id === 'main';
  useShortcut('rowDown', () => inTable() && move(1));
  useShortcut('rowUp', () => inTable() && move(-1));

  const onRowKey = (row: T, index: number) => (e: KeyboardEvent<HTMLElement>) => {
    if (e.target !== e.currentTarget || isComposing(e)) return;
    if (isEnter(e)) {
      e.preventDefault();
      onOpen?.(row);
    } else if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      const next = Math.max(0, Math.min(rows.length - 1, index + (e.key === 'ArrowDown' ? 1 : -1)));
      setAt(next);
      focusRow(next);
    } else if (isShortcut(e.nativeEvent, 'rowSelect') && onSelect) {
      e.preventDefault();
      const key = rowKey(row);
      onSelect(selected.includes(key) ? selected.filter((k) => k !== key) : [...selected, key]);
    } else if (e.key === 'Escape') {
      setAt(-1);
      e.currentTarget.blur();
    }
  };
  return { at, setAt, box, onRowKey };
}

function toAntColumn<T>(column: DataColumn<T>, sort: string | undefined, sortable: boolean): TableColumnType<T> {
  const key = column.sort === true ? column.key : column.sort || undefined;
  const order = key && sort === key ? 'ascend' : key && sort === `-${key}` ? 'descend' : null;
  return {
    key: column.key,
    title: column.title,
    width: column.width ?? DEFAULT_WIDTH,
    align: column.align,
    fixed: column.fixed,
    ellipsis: true,
    className: column.align === 'right' ? 'ac-num' : undefined,
    sorter: sortable && !!key,
    sortOrder: key ? order : undefined,
    render: (_: unknown, row: T) => column.render(row),
  };
}

/** The one table of lists: columns, density, keyboard rows, selection, sorting by the URL, virtual when long. */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const {
    id,
    columns,
    rows,
    rowKey,
    rowLabel,
    loading,
    error,
    retry,
    sort,
    onSort,
    onOpen,
    openKey,
    selected,
    onSelect,
    height,
  } = props;
  const { t } = useTranslation('shared');
  const table = useRef<TableRef>(null);
  const { shown, hidden, toggle } = useColumnChoice(id, columns);
  const [density, setDensity] = usePreference<'normal' | 'dense'>('table.density', 'normal');
  const scrollTo = useCallback((index: number) => {
    try {
      table.current?.scrollTo({ index });
    } catch {
      // Without a scrolling body the browser brings the focused row into view.
    }
  }, []);
  const { at, setAt, box, onRowKey } = useRowKeys(props, scrollTo);
  const width = shown.reduce((sum, c) => sum + (c.width ?? DEFAULT_WIDTH), selected ? 44 : 0);
  // Without rows there are no columns: an empty body as wide as they are could not be scrolled by keyboard.
  const nothing = !loading && rows?.length === 0;
  const virtual = height !== undefined && (rows?.length ?? 0) > VIRTUAL_FROM;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order is another list, the row cursor leaves it
  useEffect(() => setAt(-1), [sort]);

  if (error && !rows) return <ErrorState error={error} retry={retry} />;
  return (
    <div className="ac-dt" ref={box}>
      <div className="ac-dt-bar ac-no-print">
        <div className="ac-row">{selected && selected.length > 0 && props.bulk ? props.bulk : props.toolbar}</div>
        <ColumnChoice columns={columns} hidden={hidden} toggle={toggle} density={density} setDensity={setDensity} />
      </div>
      <Table<T>
        ref={table}
        size={density === 'dense' ? 'small' : 'middle'}
        columns={nothing ? [] : shown.map((c) => toAntColumn(c, sort, !!onSort))}
        dataSource={rows ?? []}
        rowKey={rowKey}
        loading={loading ? { spinning: true, delay: 200 } : false}
        pagination={false}
        sticky={height === undefined ? { offsetHeader: 48 } : undefined}
        virtual={virtual}
        scroll={{ x: nothing ? undefined : width, y: height }}
        showSorterTooltip={false}
        rowSelection={
          onSelect
            ? {
                selectedRowKeys: selected,
                columnWidth: 44,
                onChange: (keys) => onSelect(keys.map(String)),
                getCheckboxProps: (row) => ({ 'aria-label': `${t('table.selectRow')}: ${rowLabel(row)}` }) as object,
              }
            : undefined
        }
        onChange={(_p, _f, sorter) => {
          const s = Array.isArray(sorter) ? sorter[0] : sorter;
          const column = columns.find((c) => c.key === s?.columnKey);
          const key = column?.sort === true ? column.key : column?.sort || undefined;
          onSort?.(key && s?.order ? (s.order === 'descend' ? `-${key}` : key) : undefined);
        }}
        onRow={(row, index = 0) =>
          ({
            tabIndex: index === Math.max(at, 0) ? 0 : -1,
            'data-row-index': index,
            'aria-label': rowLabel(row),
            className: `ac-dt-row${onOpen ? ' ac-dt-open' : ''}${openKey === rowKey(row) ? ' ant-table-row-selected' : ''}`,
            onFocus: () => setAt(index),
            onKeyDown: onRowKey(row, index),
            onClick: (e: React.MouseEvent<HTMLElement>) => {
              if (
                onOpen &&
                !(e.target as HTMLElement).closest(
                  'a,button,input,label,.ant-checkbox-wrapper,.ant-table-selection-column',
                )
              )
                onOpen(row);
            },
          }) as object
        }
        locale={{ emptyText: loading ? ' ' : (props.empty ?? <EmptyState title={t('empty.title')} />) }}
      />
      <Foot {...props} />
    </div>
  );
}

function Foot<T>({ rows = [], total, onMore, loadingMore, selected, onSelect }: DataTableProps<T>) {
  const { t } = useTranslation('shared');
  const lang = useLang();
  const shown = formatNumber(rows.length, lang);
  const partial = total !== undefined && total > rows.length;
  return (
    <div className="ac-dt-foot">
      <span>
        {partial
          ? t('table.partial', { shown, total: formatNumber(total, lang) })
          : t('table.total', { count: rows.length, shown })}
        {selected && selected.length > 0 && onSelect && (
          <>
            {' · '}
            {t('table.selected', { count: selected.length })}{' '}
            <button type="button" className="ac-link-button" onClick={() => onSelect([])}>
              {t('table.clear')}
            </button>
          </>
        )}
      </span>
      {onMore && partial && (
        <Button size="small" onClick={onMore} loading={loadingMore}>
          {t('more')}
        </Button>
      )}
      <span className="ac-desk-only ac-no-print">{t('table.hint')}</span>
    </div>
  );
}

type ChoiceProps<T> = {
  columns: DataColumn<T>[];
  hidden: Set<string>;
  toggle: (key: string) => void;
  density: 'normal' | 'dense';
  setDensity: (d: 'normal' | 'dense') => void;
};
function ColumnChoice<T>({ columns, hidden, toggle, density, setDensity }: ChoiceProps<T>) {
  const { t } = useTranslation('shared');
  const content = (
    <div className="ac-stack-s" style={{ minWidth: 180, maxHeight: '60vh', overflowY: 'auto' }}>
      <Segmented<'normal' | 'dense'>
        block
        size="small"
        value={density}
        onChange={setDensity}
        aria-label={t('table.density')}
        options={[
          { value: 'normal', label: t('table.normal') },
          { value: 'dense', label: t('table.dense') },
        ]}
      />
      <fieldset style={{ border: 0, padding: 0, margin: 0, display: 'grid', gap: 2 }}>
        <legend className="ac-small ac-muted">{t('table.columnsLabel')}</legend>
        {columns.map((c) => (
          <Checkbox
            key={c.key}
            checked={c.always || !hidden.has(c.key)}
            disabled={c.always}
            onChange={() => toggle(c.key)}
          >
            {c.title}
          </Checkbox>
        ))}
      </fieldset>
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" content={content} arrow={false}>
      <Button type="text" icon={<SettingOutlined />}>
        {t('table.columns')}
      </Button>
    </Popover>
  );
}
