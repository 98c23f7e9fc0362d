import { useCallback, useSyncExternalStore } from 'react';

/**
 * Small choices kept in the browser: language, theme, table columns. Never anything about a
 * person of the register. Choices marked personal are kept for each account of a shared computer.
 */
const PREFIX = 'allclear.';
const listeners = new Set<() => void>();
let owner = '';

/** Whose personal choices are read and written from now on: the id of the account, or nothing. */
export function setPreferenceOwner(id: string) {
  if (id === owner) return;
  owner = id;
  for (const listener of listeners) listener();
}

type Kept = { personal?: boolean };
const full = (key: string, kept?: Kept) => PREFIX + (kept?.personal && owner ? `${owner}.` : '') + key;

export function readPreference(key: string, fallback: string, kept?: Kept): string {
  try {
    return localStorage.getItem(full(key, kept)) ?? fallback;
  } catch {
    return fallback; // storage may be forbidden; the choice then lasts for the page
  }
}
export function writePreference(key: string, value: string, kept?: Kept) {
  try {
    localStorage.setItem(full(key, kept), value);
  } catch {
    // see readPreference
  }
  for (const listener of listeners) listener();
}
export function usePreference<T extends string>(key: string, fallback: T, kept?: Kept): [T, (value: T) => void] {
  const personal = kept?.personal ?? false;
  const value = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => readPreference(key, fallback, { personal }),
  );
  const set = useCallback((next: T) => writePreference(key, next, { personal }), [key, personal]);
  return [value as T, set];
}
