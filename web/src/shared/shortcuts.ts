import { useEffect, useRef } from 'react';
import { isComposing, isTyping } from './keys';
import { readPreference } from './preference';

/**
 * Every shortcut of the application. The `?` sheet is drawn from this table and
 * the handlers are bound from it, so the two cannot disagree.
 * `single` keys can be turned off (WCAG 2.1.4).
 */
export const SHORTCUTS = {
  palette: { keys: ['mod+k'], single: false, group: 'app' },
  search: { keys: ['/'], single: true, group: 'app' },
  sheet: { keys: ['?'], single: true, group: 'app' },
  prevDay: { keys: ['['], single: true, group: 'day' },
  nextDay: { keys: [']'], single: true, group: 'day' },
  rowDown: { keys: ['j'], single: true, group: 'table' },
  rowUp: { keys: ['k'], single: true, group: 'table' },
  rowOpen: { keys: ['Enter'], single: false, group: 'table' },
  rowSelect: { keys: ['x'], single: true, group: 'table' },
  rowRange: { keys: ['shift+x'], single: true, group: 'table' },
  copyCell: { keys: ['mod+c'], single: false, group: 'table' },
  rowLeave: { keys: ['Escape'], single: false, group: 'table' },
  tableTwin: { keys: ['t'], single: true, group: 'view' },
  pairNext: { keys: ['j', 'ArrowRight'], single: true, group: 'pair' },
  pairPrevious: { keys: ['k', 'ArrowLeft'], single: true, group: 'pair' },
  pairKeepLeft: { keys: ['1'], single: true, group: 'pair' },
  pairKeepRight: { keys: ['2'], single: true, group: 'pair' },
  pairMerge: { keys: ['m'], single: true, group: 'pair' },
  pairDifferent: { keys: ['d'], single: true, group: 'pair' },
  pairLater: { keys: ['l'], single: true, group: 'pair' },
  pairUndo: { keys: ['u'], single: true, group: 'pair' },
  addressNext: { keys: ['j', 'ArrowRight'], single: true, group: 'address' },
  addressPrevious: { keys: ['k', 'ArrowLeft'], single: true, group: 'address' },
  addressPick: { keys: ['1', '2', '3', '4', '5'], single: true, group: 'address' },
  addressCreate: { keys: ['c'], single: true, group: 'address' },
  addressNone: { keys: ['n'], single: true, group: 'address' },
  addressLater: { keys: ['l'], single: true, group: 'address' },
  addressUndo: { keys: ['u'], single: true, group: 'address' },
} as const satisfies Record<
  string,
  { keys: string[]; single: boolean; group: 'app' | 'day' | 'table' | 'view' | 'pair' | 'address' }
>;

export type ShortcutId = keyof typeof SHORTCUTS;

export function singleKeysOn(): boolean {
  return readPreference('single-keys', 'on') === 'on';
}

/** Does this key event mean that shortcut, given where the focus is? */
export function isShortcut(e: KeyboardEvent, id: ShortcutId): boolean {
  if (isComposing(e)) return false;
  const { keys, single } = SHORTCUTS[id];
  if (single && (!singleKeysOn() || isTyping(e.target) || e.ctrlKey || e.metaKey || e.altKey)) return false;
  return keys.some((key) => {
    if (key.startsWith('mod+')) return (e.ctrlKey || e.metaKey) && e.key.toLowerCase() === key.slice(4);
    if (key.startsWith('shift+')) return e.shiftKey && e.key.toLowerCase() === key.slice(6);
    return e.key === key || (key.length === 1 && e.key.toLowerCase() === key && !e.shiftKey);
  });
}

/** Binds a shortcut of the table for as long as the component is shown. A dialog on top keeps page keys away. */
export function useShortcut(id: ShortcutId, act: (e: KeyboardEvent) => void, on = true) {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (!on) return;
    const listen = (e: KeyboardEvent) => {
      if (e.defaultPrevented || !isShortcut(e, id)) return;
      const inDialog = document.querySelector(
        '.ant-modal-wrap:not([style*="display: none"]) .ant-modal, .ant-drawer-open .ant-drawer-mask',
      );
      if (inDialog && id !== 'palette') return;
      e.preventDefault();
      latest.current(e);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [id, on]);
}
