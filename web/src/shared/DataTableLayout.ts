import { type ReactNode, useMemo } from 'react';
import { usePreference } from './preference';

export type DataColumn<T> = {
  key: string;
  title: string;
  render: (row: T) => ReactNode;
  /** Pixels, before the person chooses another; columns share what is left of a wide window. */
  width?: number;
  align?: 'left' | 'right' | 'center';
  /** Server sort key; defaults to `key` when true. */
  sort?: boolean | string;
  /** The directions the server can give, the first one first. Both when left out. */
  orders?: readonly ('asc' | 'desc')[];
  /** Not shown until the person chooses it. */
  hidden?: boolean;
  /** Can't be hidden. */
  always?: boolean;
  fixed?: 'left' | 'right';
};

export const DEFAULT_WIDTH = 140;
export const LEAST_WIDTH = 56;
export const MOST_WIDTH = 900;

/** What a person has chosen about the columns of one table. Columns it does not name keep their own defaults. */
export type Layout = {
  order: string[];
  shown: Record<string, boolean>;
  frozen: Record<string, boolean>;
  width: Record<string, number>;
};
const NONE: Layout = { order: [], shown: {}, frozen: {}, width: {} };

function record<V>(value: unknown, is: (v: unknown) => v is V): Record<string, V> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((e): e is [string, V] => is(e[1])));
}
const isBoolean = (v: unknown): v is boolean => typeof v === 'boolean';
const isWidth = (v: unknown): v is number => typeof v === 'number' && v >= LEAST_WIDTH && v <= MOST_WIDTH;

/** Reads what was kept; what it does not understand is as if it had never been chosen. */
export function readLayout(text: string): Layout {
  try {
    const raw = JSON.parse(text) as Partial<Record<keyof Layout, unknown>>;
    return {
      order: Array.isArray(raw.order) ? raw.order.filter((k) => typeof k === 'string') : [],
      shown: record(raw.shown, isBoolean),
      frozen: record(raw.frozen, isBoolean),
      width: record(raw.width, isWidth),
    };
  } catch {
    return NONE;
  }
}

const place = (order: string[], key: string) => {
  const at = order.indexOf(key);
  return at < 0 ? order.length : at;
};

/** All columns in the order of the person; those never moved keep their place after the column before them. */
export function inOrder<T>(columns: DataColumn<T>[], order: string[]): DataColumn<T>[] {
  if (order.length === 0) return columns;
  const known = columns.filter((c) => order.includes(c.key));
  const out = [...known].sort((a, b) => place(order, a.key) - place(order, b.key));
  for (const [i, column] of columns.entries()) {
    if (order.includes(column.key)) continue;
    const before = columns[i - 1];
    out.splice(before ? out.indexOf(before) + 1 : 0, 0, column);
  }
  return out;
}

export type Arranged<T> = {
  /** Every column, for the choice. */
  all: DataColumn<T>[];
  /** What is drawn: the frozen ones first. */
  drawn: (DataColumn<T> & { frozen: boolean })[];
  layout: Layout;
  isShown: (c: DataColumn<T>) => boolean;
  isFrozen: (c: DataColumn<T>) => boolean;
};

export function arrange<T>(columns: DataColumn<T>[], layout: Layout): Arranged<T> {
  const isShown = (c: DataColumn<T>) => c.always || (layout.shown[c.key] ?? !c.hidden);
  const isFrozen = (c: DataColumn<T>) => layout.frozen[c.key] ?? c.fixed === 'left';
  const all = inOrder(columns, layout.order);
  const shown = all.filter(isShown).map((c) => ({ ...c, frozen: isFrozen(c) }));
  return {
    all,
    layout,
    isShown,
    isFrozen,
    drawn: [...shown.filter((c) => c.frozen), ...shown.filter((c) => !c.frozen)],
  };
}

/** Moves a column one place among all; returns the full order. */
export function moved(keys: string[], key: string, step: -1 | 1): string[] {
  const from = keys.indexOf(key);
  const to = from + step;
  if (from < 0 || to < 0 || to >= keys.length) return keys;
  const out = [...keys];
  out.splice(from, 1);
  out.splice(to, 0, key);
  return out;
}

/** The columns of a table as this person has arranged them, and how to change that. */
export function useLayout<T>(id: string, columns: DataColumn<T>[]) {
  const [text, store] = usePreference<string>(`table.${id}.layout`, '', { personal: true });
  const layout = useMemo(() => readLayout(text), [text]);
  const arranged = useMemo(() => arrange(columns, layout), [columns, layout]);
  const set = (change: Partial<Layout>) => store(JSON.stringify({ ...layout, ...change }));
  return {
    ...arranged,
    changed: text !== '',
    reset: () => store(''),
    toggle: (c: DataColumn<T>) => set({ shown: { ...layout.shown, [c.key]: !arranged.isShown(c) } }),
    freeze: (c: DataColumn<T>) => set({ frozen: { ...layout.frozen, [c.key]: !arranged.isFrozen(c) } }),
    move: (c: DataColumn<T>, step: -1 | 1) =>
      set({
        order: moved(
          arranged.all.map((x) => x.key),
          c.key,
          step,
        ),
      }),
    resize: (key: string, width: number) =>
      set({ width: { ...layout.width, [key]: Math.round(Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, width))) } }),
  };
}
export type LayoutChoice<T> = ReturnType<typeof useLayout<T>>;

/**
 * Widths in pixels. What a wide window leaves over is shared by the columns that nobody has
 * sized, in proportion; when there is too little, all keep theirs and the table scrolls.
 */
export function widthsOf<T>(drawn: DataColumn<T>[], chosen: Record<string, number>, room: number): number[] {
  const own = drawn.map((c) => chosen[c.key] ?? c.width ?? DEFAULT_WIDTH);
  const left = room - own.reduce((a, b) => a + b, 0);
  if (left <= 0) return own;
  const free = drawn.map((c, i) => (chosen[c.key] === undefined ? (own[i] as number) : 0));
  const sum = free.reduce((a, b) => a + b, 0);
  if (sum === 0) return own.map((w, i) => (i === own.length - 1 ? w + left : w));
  return own.map((w, i) => w + (left * (free[i] as number)) / sum);
}
