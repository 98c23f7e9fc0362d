import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

/** Rows drawn above and below what is seen, so that a quick turn of the wheel meets no gap. */
const SPARE = 16;
/** So many rows before the end the next page is asked for. */
const NEAR_END = 40;
/** More would make a print job nobody wants; the sheet says how many there are in all. */
const PRINT_MOST = 1000;

export type Span = { first: number; last: number };

/** Which rows must be drawn: those in view and some to spare. `last` is exclusive. */
export function spanOf(count: number, rowHeight: number, top: number, height: number): Span {
  const first = Math.max(0, Math.floor(top / rowHeight) - SPARE);
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + SPARE);
  return { first: Math.min(first, Math.max(0, last - 1)), last };
}

type Props = {
  scroller: RefObject<HTMLDivElement | null>;
  count: number;
  /** Draw all rows: a short list that has no scroll box of its own. */
  whole: boolean;
  rowHeight: number;
  onNearEnd?: () => void;
};

/** Keeps drawn only the rows around those in view. */
export function useWindow({ scroller, count, whole, rowHeight, onNearEnd }: Props) {
  const [span, setSpan] = useState<Span>({ first: 0, last: Math.min(count, 60) });
  const [printing, setPrinting] = useState(false);
  const near = useRef(onNearEnd);
  near.current = onNearEnd;
  const asked = useRef(-1);

  const measure = useCallback(() => {
    const box = scroller.current;
    if (!box || whole) return;
    const next = spanOf(count, rowHeight, box.scrollTop, box.clientHeight);
    setSpan((old) => (old.first === next.first && old.last === next.last ? old : next));
    // Once for each length: a second request would start the first one anew.
    if (next.last >= count - NEAR_END && box.scrollTop > 0 && asked.current !== count && near.current) {
      asked.current = count;
      near.current();
    }
  }, [scroller, count, whole, rowHeight]);
  useLayoutEffect(measure, [measure]);
  useEffect(() => {
    const box = scroller.current;
    if (!box || typeof ResizeObserver === 'undefined') return;
    const watch = new ResizeObserver(measure);
    watch.observe(box);
    return () => watch.disconnect();
  }, [scroller, measure]);

  useEffect(() => {
    const before = () => flushSync(() => setPrinting(true));
    const after = () => setPrinting(false);
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    return () => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
    };
  }, []);

  /** Brings a row into view, under the header that stays, and draws it at once. */
  const reveal = useCallback(
    (index: number) => {
      const box = scroller.current;
      if (!box || whole) return;
      const head = box.querySelector('thead')?.clientHeight ?? 0;
      const top = index * rowHeight;
      const room = box.clientHeight - head;
      if (top < box.scrollTop) box.scrollTop = top;
      else if (top + rowHeight > box.scrollTop + room) box.scrollTop = top + rowHeight - room;
      flushSync(measure);
    },
    [scroller, whole, rowHeight, measure],
  );

  const all = { first: 0, last: count };
  const drawn = printing ? { first: 0, last: Math.min(count, PRINT_MOST) } : whole ? all : span;
  return {
    first: Math.min(drawn.first, count),
    last: Math.min(drawn.last, count),
    onScroll: measure,
    reveal,
    printing,
  };
}

const KEPT_LISTS = 50;
type Kept = { top: number; at: number };
/** Where each list was left, for the way back. In memory only: a reload starts at the top. */
const left = new Map<string, Kept>();
/** The entry of the browser's history that is shown: going back comes to the same one, a link makes a new one. */
function entryKey(): string {
  const state = (typeof window === 'undefined' ? null : window.history.state) as { __TSR_key?: string } | null;
  return state?.__TSR_key ?? '';
}

/** The frame gives a new page the focus first; the row takes it from there. */
const AFTER_FRAME_MS = 60;

/** Keeps scroll position and row of a list when one goes back to it; a list entered anew begins at its top. */
export function useComeBack(
  key: string,
  ready: boolean,
  scroller: RefObject<HTMLDivElement | null>,
  at: number,
  restore: (kept: Kept) => void,
) {
  const kept = useRef<Kept | undefined>(left.get(`${key}|${entryKey()}`));
  const latest = useRef({ at, restore, entry: '' });
  latest.current = { at: at < 0 ? latest.current.at : at, restore, entry: entryKey() };
  useEffect(() => {
    if (!ready || !kept.current) return;
    const where = kept.current;
    const timer = setTimeout(() => {
      kept.current = undefined;
      latest.current.restore(where);
    }, AFTER_FRAME_MS);
    return () => clearTimeout(timer);
  }, [ready]);
  // Before the box leaves the page: afterwards it has no position any more.
  useLayoutEffect(() => {
    const box = scroller.current;
    return () => {
      left.set(`${key}|${latest.current.entry}`, { top: box?.scrollTop ?? 0, at: latest.current.at });
      if (left.size > KEPT_LISTS) left.delete(left.keys().next().value as string);
    };
  }, [key, scroller]);
}
