import { type KeyboardEvent, type RefObject, useCallback, useRef, useState } from 'react';
import { isComposing, isEnter } from './keys';
import { isShortcut, useShortcut } from './shortcuts';

const PAGE_STEP = 15;

/** Where a key leads from a row, of so many. */
const STEPS = new Map<string, (index: number, count: number) => number>([
  ['ArrowDown', (i) => i + 1],
  ['ArrowUp', (i) => i - 1],
  ['PageDown', (i) => i + PAGE_STEP],
  ['PageUp', (i) => i - PAGE_STEP],
  ['Home', () => 0],
  ['End', (_, count) => count - 1],
]);

/** Adds the rows between two places to a choice. */
export function withRange(selected: string[], keys: string[], from: number, to: number): string[] {
  const [a, b] = from < to ? [from, to] : [to, from];
  return [...new Set([...selected, ...keys.slice(a, b + 1)])];
}

type Props<T> = {
  box: RefObject<HTMLDivElement | null>;
  rows: T[];
  rowKey: (row: T) => string;
  columns: number;
  selected: string[];
  onSelect?: (keys: string[]) => void;
  onOpen?: (row: T) => void;
  reveal: (index: number) => void;
  /** The row that has the focus; a row near the end asks for the next page. */
  onAt: (index: number) => void;
};

/** Keyboard rows: j / k, arrows, Home, End; x selects, with Shift up to here; Enter opens; Ctrl C copies a cell; Escape leaves. */
export function useRowKeys<T>(props: Props<T>) {
  const { box, rows, rowKey, columns, selected, onSelect, onOpen, reveal, onAt } = props;
  const [at, setAt] = useState(-1);
  const [cell, setCell] = useState(-1);
  const [copied, setCopied] = useState('');
  const anchor = useRef(-1);

  const focusRow = useCallback(
    (index: number) => {
      setAt(index);
      reveal(index);
      onAt(index);
      // At once when the row is drawn, so that the next key already belongs to it.
      const focus = () => {
        const row = box.current?.querySelector<HTMLElement>(`[data-row-index="${index}"]`);
        row?.focus({ preventScroll: false });
        return row !== null && row !== undefined;
      };
      if (!focus()) requestAnimationFrame(focus);
    },
    [box, reveal, onAt],
  );
  const go = (to: number) => rows.length > 0 && focusRow(Math.max(0, Math.min(rows.length - 1, to)));
  const inTable = () =>
    box.current?.contains(document.activeElement) ||
    document.activeElement === document.body ||
    document.activeElement?.id === 'main';
  useShortcut('rowDown', () => inTable() && go(at + 1));
  useShortcut('rowUp', () => inTable() && go(at - 1));

  const toggle = (index: number, range: boolean) => {
    const row = rows[index];
    if (!row || !onSelect) return;
    const key = rowKey(row);
    if (range && anchor.current >= 0) onSelect(withRange(selected, rows.map(rowKey), anchor.current, index));
    else onSelect(selected.includes(key) ? selected.filter((k) => k !== key) : [...selected, key]);
    anchor.current = index;
  };
  const copy = (row: HTMLElement) => {
    if (window.getSelection()?.toString()) return false;
    const cells = [...row.querySelectorAll<HTMLElement>('[data-cell]')].map((c) => (c.textContent ?? '').trim());
    const text = cells[cell] ?? cells.join('\t');
    void navigator.clipboard?.writeText(text).then(
      () => setCopied(text),
      () => setCopied(''),
    );
    return true;
  };

  const onRowKey = (row: T, index: number) => (e: KeyboardEvent<HTMLElement>) => {
    if (e.target !== e.currentTarget || isComposing(e)) return;
    const to = e.ctrlKey || e.metaKey || e.altKey ? undefined : STEPS.get(e.key);
    if (isEnter(e)) onOpen?.(row);
    else if (to) go(to(index, rows.length));
    else if (e.key === 'ArrowRight') setCell((c) => Math.min(columns - 1, c + 1));
    else if (e.key === 'ArrowLeft') setCell((c) => Math.max(-1, c - 1));
    else if (isShortcut(e.nativeEvent, 'copyCell')) {
      if (!copy(e.currentTarget)) return;
    } else if (onSelect && (isShortcut(e.nativeEvent, 'rowSelect') || isShortcut(e.nativeEvent, 'rowRange')))
      toggle(index, e.shiftKey);
    else if (e.key === 'Escape') {
      setAt(-1);
      setCell(-1);
      e.currentTarget.blur();
      return;
    } else return;
    e.preventDefault();
  };
  return { at, setAt, cell, setCell, copied, toggle, onRowKey, focusRow };
}
