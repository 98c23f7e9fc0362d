import { useCallback, useSyncExternalStore } from 'react';

/** Small per-browser choices: language, theme, table columns. Never anything about a person. */
const PREFIX = 'allclear.';
const listeners = new Set<() => void>();

export function readPreference(key: string, fallback: string): string {
  try {
    return localStorage.getItem(PREFIX + key) ?? fallback;
  } catch {
    return fallback; // storage may be forbidden; the choice then lasts for the page
  }
}
export function writePreference(key: string, value: string) {
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    // see readPreference
  }
  for (const listener of listeners) listener();
}
export function usePreference<T extends string>(key: string, fallback: T): [T, (value: T) => void] {
  const value = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => readPreference(key, fallback),
  );
  const set = useCallback((next: T) => writePreference(key, next), [key]);
  return [value as T, set];
}
