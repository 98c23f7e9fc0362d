import { useSyncExternalStore } from 'react';
import type { Hit } from './hits';

/**
 * What was opened from the search lately. Kept for as long as the page lives and nowhere else:
 * not even a masked name belongs in the storage of a shared computer.
 */
const MOST = 6;
let recent: Hit[] = [];
const listeners = new Set<() => void>();

export function remember(hit: Hit) {
  const { id } = hit;
  recent = [{ ...hit, group: 'recent' as const, sure: true }, ...recent.filter((h) => h.id !== id)].slice(0, MOST);
  for (const listener of listeners) listener();
}
export function useRecent(): Hit[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => recent,
  );
}
