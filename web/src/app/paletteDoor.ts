/** Lets any part of a page open the search; the frame listens, so pages need not know it. */
const listeners = new Set<() => void>();

export function openPalette() {
  for (const listener of listeners) listener();
}
export function onOpenPalette(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
