import { useSyncExternalStore } from 'react';

/** Whether the last request reached the server. Drives the "offline" mark of the frame. */
let reached = true;
const listeners = new Set<() => void>();

export function noteReach(ok: boolean) {
  if (ok === reached) return;
  reached = ok;
  for (const listener of listeners) listener();
}
export function useReached(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => reached,
  );
}
