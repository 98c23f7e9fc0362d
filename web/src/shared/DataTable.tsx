import { Button, Checkbox, Spin } from 'antd';
import {
  type CSSProperties,
  type MouseEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '../i18n';
import { ColumnChoice, type Density } from './DataTableColumns';
import { Head } from './DataTableHead';
import { useRowKeys } from './DataTableKeys';
import { type DataColumn, useLayout, widthsOf } from './DataTableLayout';
import { useComeBack, useWindow } from './DataTableWindow';
import { formatNumber } from './format';
import { usePreference } from './preference';
import { EmptyState, ErrorState } from './states';
import './DataTable.css';

export type { DataColumn } from './DataTableLayout';

export type DataTableProps<T> = {
  /** Name under which columns and their widths are kept for this person. */
  id: string;
  columns: DataColumn<T>[];
  rows: T[] | undefined;
  rowKey: (row: T) => string;
  /** Names a row for screen readers. */
  rowLabel: (row: T) => string;
  loading?: boolean;
  error?: unknown;
  retry?: () => void;
  /** `-reported_on` is descending; several with commas where `multiSort`. Bound to the URL by the page. */
  sort?: string;
  onSort?: (sort: string | undefined) => void;
  /** The server can sort by more than one column: Shift and a click adds one. */
  multiSort?: boolean;
  onOpen?: (row: T) => void;
  /** The row that a side panel shows. */
  openKey?: string;
  selected?: string[];
  onSelect?: (keys: string[]) => void;
  /** All results are selected, those not loaded too. Offered when every loaded row is selected. */
  allResults?: boolean;
  onAllResults?: (all: boolean) => void;
  /** Filters and saved views: left above the table; the column and density choice stands right. */
  toolbar?: ReactNode;
  /** Shown instead of the toolbar while rows are selected. */
  bulk?: ReactNode;
  empty?: ReactNode;
  total?: number;
  /** Fetches the next page: asked by itself as one scrolls near the end, and by a button. */
  onMore?: () => void;
  loadingMore?: boolean;
  /** The list scrolls in a box of its own: as high as the window allows, or so many pixels. Long lists always do. */
  height?: number | 'fill';
  /** What list this is (its question). Going back to it brings its scroll position and row back. */
  listKey?: string;
};

/** Longer lists draw only the rows in view. */
const VIRTUAL_FROM = 120;
const CHECK_WIDTH = 44;
const ROW_HEIGHT: Record<Density, number> = { normal: 36, dense: 28 };

/** The one table of lists: columns, density, keyboard rows, selection, sorting by the URL, windowed when long. */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const { id, rows, loading, error, retry, selected, onSelect } = props;
  const { t } = useTranslation('shared');
  const choice = useLayout(id, props.columns);
  const [density, setDensity] = usePreference<Density>('table.density', 'normal', { personal: true });
  if (error && !rows) return <ErrorState error={error} retry={retry} />;
  const picked = selected !== undefined && selected.length > 0 && onSelect !== undefined;
  return (
    <div className="ac-dt" data-density={density}>
      <div className="ac-dt-bar ac-no-print" data-bulk={picked || undefined}>
        {picked ? <BulkBar {...props} /> : <div className="ac-row">{props.toolbar}</div>}
        <ColumnChoice choice={choice} density={density} setDensity={setDensity} />
      </div>
      {!loading && rows?.length === 0 ? (
        (props.empty ?? <EmptyState title={t('empty.title')} />)
      ) : (
        <Body {...props} choice={choice} density={density} />
      )}
      <Foot {...props} />
    </div>
  );
}

type BodyProps<T> = DataTableProps<T> & { choice: ReturnType<typeof useLayout<T>>; density: Density };

/** Where each frozen column stands, and which is the last of them. */
function useFrozen(frozen: boolean[], widths: number[], room: number, checks: boolean) {
  return useMemo(() => {
    const lefts: (number | undefined)[] = [];
    let at = checks ? CHECK_WIDTH : 0;
    let sum = 0;
    for (const [i, is] of frozen.entries()) {
      lefts.push(is ? at : undefined);
      if (is) {
        at += widths[i] ?? 0;
        sum += widths[i] ?? 0;
      }
    }
    // In a narrow window frozen columns would leave no room for the others.
    const on = room === 0 || sum <= room * 0.6;
    return { lefts: on ? lefts : lefts.map(() => undefined), edge: on ? frozen.lastIndexOf(true) : -1 };
  }, [frozen, widths, room, checks]);
}

function useRoom() {
  const scroller = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(0);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const measure = () => setRoom(box.clientWidth);
    measure();
    if (typeof ResizeObserver === 'undefined') return;
    const watch = new ResizeObserver(measure);
    watch.observe(box);
    return () => watch.disconnect();
  }, []);
  return { scroller, room };
}

function Body<T extends object>(props: BodyProps<T>) {
  const { rows = [], rowKey, rowLabel, loading, loadingMore, onMore, onOpen, openKey, choice, density, height } = props;
  const { t } = useTranslation('shared');
  const { scroller, room } = useRoom();
  const columns = choice.drawn;
  const checks = props.onSelect !== undefined;
  const widths = useMemo(
    () => widthsOf(columns, choice.layout.width, room - (checks ? CHECK_WIDTH : 0)),
    [columns, choice.layout.width, room, checks],
  );
  const width = widths.reduce((a, b) => a + b, checks ? CHECK_WIDTH : 0);
  const frozen = useMemo(() => columns.map((c) => c.frozen), [columns]);
  const { lefts, edge } = useFrozen(frozen, widths, room, checks);
  const boxed = height !== undefined || rows.length > VIRTUAL_FROM;
  const whole = !boxed || rows.length <= VIRTUAL_FROM;

  const more = loadingMore || loading ? undefined : onMore;
  const shown = useWindow({ scroller, count: rows.length, whole, rowHeight: ROW_HEIGHT[density], onNearEnd: more });
  const onAt = useCallback(
    (index: number) => {
      if (index >= rows.length - 15) more?.();
    },
    [rows.length, more],
  );
  const selected = props.selected ?? NOTHING;
  const keys = useRowKeys({
    box: scroller,
    rows,
    rowKey,
    columns: columns.length,
    selected,
    onSelect: props.onSelect,
    onOpen,
    reveal: shown.reveal,
    onAt,
  });
  useComeBack(`${id(props)}`, rows.length > 0, scroller, keys.at, ({ top, at }) => {
    if (scroller.current) scroller.current.scrollTop = top;
    shown.onScroll();
    if (at >= 0 && at < rows.length) keys.focusRow(at);
  });
  const { setAt } = keys;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order is another list, the row cursor leaves it
  useEffect(() => setAt(-1), [props.sort]);

  const cellStyle = (i: number): CSSProperties | undefined => (lefts[i] === undefined ? undefined : { left: lefts[i] });
  const isChosen = useMemo(() => new Set(selected), [selected]);
  const tab = keys.at >= shown.first && keys.at < shown.last ? keys.at : shown.first;
  const all = rows.length > 0 && rows.every((r) => isChosen.has(rowKey(r)));
  const style = { '--dt-max': typeof height === 'number' ? `${height}px` : undefined } as CSSProperties;
  return (
    <div
      className="ac-dt-body"
      ref={scroller}
      style={style}
      data-box={boxed || undefined}
      data-fits={(!boxed && width <= room) || undefined}
      data-busy={loading || undefined}
      onScroll={shown.onScroll}
    >
      {loading && <Spin className="ac-dt-spin" delay={200} />}
      <table
        {...(checks ? CHECKED_GRID : GRID)}
        className="ac-dt-table"
        style={{ width }}
        aria-rowcount={(props.total ?? rows.length) + 1}
        aria-busy={loading || undefined}
      >
        <colgroup>
          {checks && <col style={{ width: CHECK_WIDTH }} />}
          {columns.map((c, i) => (
            <col key={c.key} style={{ width: widths[i] }} />
          ))}
        </colgroup>
        <Head
          columns={columns}
          widths={widths}
          cellStyle={cellStyle}
          isEdge={(i) => i === edge}
          sort={props.sort}
          onSort={props.onSort}
          multiSort={props.multiSort}
          onResize={choice.resize}
          chosen={checks ? (all ? 'all' : isChosen.size > 0 ? 'some' : 'none') : undefined}
          onAll={() => props.onSelect?.(all ? [] : rows.map(rowKey))}
        />
        <tbody>
          <Gap rows={shown.first} height={ROW_HEIGHT[density]} columns={columns.length + (checks ? 1 : 0)} />
          {rows.slice(shown.first, shown.last).map((row, i) => {
            const index = shown.first + i;
            const key = rowKey(row);
            const on = isChosen.has(key);
            return (
              <tr
                key={key}
                className={`ac-dt-row${onOpen ? ' ac-dt-open' : ''}`}
                data-row-index={index}
                data-on={openKey === key || on || undefined}
                aria-rowindex={index + 2}
                aria-label={rowLabel(row)}
                aria-selected={checks ? on : undefined}
                tabIndex={index === tab ? 0 : -1}
                onFocus={(e) => e.target === e.currentTarget && setAt(index)}
                onKeyDown={keys.onRowKey(row, index)}
                onClick={(e) => open(e, () => onOpen?.(row))}
              >
                {checks && (
                  <td className="ac-dt-check" data-frozen>
                    <Checkbox
                      checked={on}
                      aria-label={`${t('table.selectRow')}: ${rowLabel(row)}`}
                      onChange={(e) =>
                        keys.toggle(index, 'shiftKey' in e.nativeEvent && e.nativeEvent.shiftKey === true)
                      }
                    />
                  </td>
                )}
                {columns.map((c, n) => (
                  <td
                    key={c.key}
                    data-cell
                    data-frozen={lefts[n] !== undefined || undefined}
                    data-edge={n === edge || undefined}
                    data-align={c.align}
                    data-at={(keys.at === index && keys.cell === n) || undefined}
                    style={cellStyle(n)}
                  >
                    <Cell row={row} column={c} />
                  </td>
                ))}
              </tr>
            );
          })}
          <Gap
            rows={rows.length - shown.last}
            height={ROW_HEIGHT[density]}
            columns={columns.length + (checks ? 1 : 0)}
          />
        </tbody>
      </table>
      <span className="ac-sr" role="status">
        {keys.copied !== '' && t('copied')}
      </span>
    </div>
  );
}
/** A table whose rows take the focus is a grid. */
const GRID = { role: 'grid' };
const CHECKED_GRID = { ...GRID, 'aria-multiselectable': true };
const NOTHING: string[] = [];
const id = <T,>(props: DataTableProps<T>) => `${props.id}|${props.listKey ?? ''}|${props.sort ?? ''}`;

/** What a cell says is drawn again only for another row or other columns, not at every step of the cursor. */
const Cell = memo(function Cell<T>({ row, column }: { row: T; column: DataColumn<T> }) {
  return <>{column.render(row)}</>;
}) as <T>(props: { row: T; column: DataColumn<T> }) => ReactNode;

/** Stands for rows that are not drawn. */
function Gap({ rows, height, columns }: { rows: number; height: number; columns: number }) {
  if (rows <= 0) return null;
  return (
    <tr aria-hidden className="ac-dt-gap">
      <td colSpan={columns} style={{ height: rows * height }} />
    </tr>
  );
}

/** A click opens the row, unless it was meant for something in it or marked text to copy. */
function open(e: MouseEvent<HTMLElement>, act: () => void) {
  if ((e.target as HTMLElement).closest('a,button,input,label,.ac-dt-check')) return;
  if (window.getSelection()?.toString()) return;
  act();
}

function BulkBar<T>({ rows = [], selected = [], onSelect, total, allResults, onAllResults, bulk }: DataTableProps<T>) {
  const { t } = useTranslation('shared');
  const lang = useLang();
  const count = allResults && total !== undefined ? total : selected.length;
  const offer =
    onAllResults && !allResults && total !== undefined && total > rows.length && selected.length >= rows.length;
  return (
    <div className="ac-row" role="toolbar" aria-label={t('table.bulk')}>
      <strong>{t('table.selected', { count, shown: formatNumber(count, lang) })}</strong>
      {offer && (
        <Button type="link" size="small" onClick={() => onAllResults(true)}>
          {t('table.all', { total: formatNumber(total, lang) })}
        </Button>
      )}
      {bulk}
      <Button
        type="text"
        onClick={() => {
          onAllResults?.(false);
          onSelect?.([]);
        }}
      >
        {t('table.clear')}
      </Button>
    </div>
  );
}

function Foot<T>({ rows = [], total, onMore, loadingMore }: DataTableProps<T>) {
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
      </span>
      {onMore && partial && (
        <Button size="small" className="ac-no-print" onClick={onMore} loading={loadingMore}>
          {t('more')}
        </Button>
      )}
      <span className="ac-desk-only ac-no-print">{t('table.hint')}</span>
    </div>
  );
}
