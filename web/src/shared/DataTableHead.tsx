import { CaretDownFilled, CaretUpFilled } from '@ant-design/icons';
import { Checkbox } from 'antd';
import type { CSSProperties, PointerEvent as ReactPointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { type DataColumn, LEAST_WIDTH } from './DataTableLayout';
import { nextSort, sortedBy } from './sorting';

type Props<T> = {
  columns: (DataColumn<T> & { frozen: boolean })[];
  widths: number[];
  cellStyle: (index: number) => CSSProperties | undefined;
  isEdge: (index: number) => boolean;
  sort?: string;
  onSort?: (sort: string | undefined) => void;
  multiSort?: boolean;
  onResize: (key: string, width: number) => void;
  /** `some`, `all` or no loaded rows are selected; undefined when rows can't be. */
  chosen?: 'none' | 'some' | 'all';
  onAll: () => void;
};

/** The header row: names, order, and an edge to drag for the width. */
export function Head<T>({ columns, widths, cellStyle, isEdge, chosen, onAll, ...rest }: Props<T>) {
  const { t } = useTranslation('shared');
  return (
    <thead>
      <tr aria-rowindex={1}>
        {chosen !== undefined && (
          <th className="ac-dt-check" data-frozen>
            <Checkbox
              checked={chosen === 'all'}
              indeterminate={chosen === 'some'}
              onChange={onAll}
              aria-label={t('table.selectAll')}
            />
          </th>
        )}
        {columns.map((c, i) => (
          <HeadCell
            key={c.key}
            c={c}
            width={widths[i] ?? LEAST_WIDTH}
            style={cellStyle(i)}
            edge={isEdge(i)}
            {...rest}
          />
        ))}
      </tr>
    </thead>
  );
}

type CellProps<T> = Pick<Props<T>, 'sort' | 'onSort' | 'multiSort' | 'onResize'> & {
  c: DataColumn<T> & { frozen: boolean };
  width: number;
  style: CSSProperties | undefined;
  edge: boolean;
};
function HeadCell<T>({ c, width, style, edge, sort, onSort, multiSort, onResize }: CellProps<T>) {
  const { t } = useTranslation('shared');
  const key = c.sort === true ? c.key : c.sort || undefined;
  const now = key ? sortedBy(sort, key) : undefined;
  const several = (sort ?? '').includes(',');
  return (
    <th
      style={style}
      data-frozen={c.frozen || undefined}
      data-edge={edge || undefined}
      data-align={c.align}
      aria-sort={now ? (now.direction === 'asc' ? 'ascending' : 'descending') : undefined}
    >
      {key && onSort ? (
        <button
          type="button"
          className="ac-dt-sort"
          title={multiSort ? t('table.sortMore') : undefined}
          onClick={(e) => onSort(nextSort(sort, key, c.orders, multiSort && e.shiftKey))}
        >
          <span className="ac-ellipsis">{c.title}</span>
          <span className="ac-dt-carets" aria-hidden>
            <CaretUpFilled data-on={now?.direction === 'asc' || undefined} />
            <CaretDownFilled data-on={now?.direction === 'desc' || undefined} />
          </span>
          {now && several && <span className="ac-small">{now.rank + 1}</span>}
        </button>
      ) : (
        <span className="ac-ellipsis ac-dt-name">{c.title}</span>
      )}
      <span
        className="ac-dt-edge ac-no-print"
        aria-hidden
        title={t('table.resize')}
        onPointerDown={(e) => drag(e, width, (w) => onResize(c.key, w))}
      />
    </th>
  );
}

function drag(e: ReactPointerEvent<HTMLElement>, width: number, to: (width: number) => void) {
  e.preventDefault();
  e.stopPropagation();
  const start = e.clientX;
  const edge = e.currentTarget;
  edge.setPointerCapture(e.pointerId);
  let frame = 0;
  const move = (m: PointerEvent) => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => to(width + m.clientX - start));
  };
  const up = () => {
    edge.removeEventListener('pointermove', move);
    edge.removeEventListener('pointerup', up);
    edge.removeEventListener('pointercancel', up);
  };
  edge.addEventListener('pointermove', move);
  edge.addEventListener('pointerup', up);
  edge.addEventListener('pointercancel', up);
}
