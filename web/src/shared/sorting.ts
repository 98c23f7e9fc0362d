/** The order of a list as one text: `-age,place` is age descending, then place. */
export type Direction = 'asc' | 'desc';
const BOTH: readonly Direction[] = ['asc', 'desc'];

const parts = (sort: string | undefined) => (sort ?? '').split(',').filter(Boolean);
const keyOf = (part: string) => part.replace(/^-/, '');
const write = (key: string, direction: Direction) => (direction === 'desc' ? `-${key}` : key);

/** How a column is sorted, and as which of several. */
export function sortedBy(sort: string | undefined, key: string): { direction: Direction; rank: number } | undefined {
  const all = parts(sort);
  const rank = all.findIndex((p) => keyOf(p) === key);
  if (rank < 0) return undefined;
  return { direction: all[rank]?.startsWith('-') ? 'desc' : 'asc', rank };
}

/** The order after a click on a column: the next of its directions; `add` keeps the other columns as first orders. */
export function nextSort(
  sort: string | undefined,
  key: string,
  orders: readonly Direction[] = BOTH,
  add = false,
): string {
  const now = sortedBy(sort, key);
  const at = now ? orders.indexOf(now.direction) : -1;
  const next = orders[(at + 1) % orders.length] ?? 'asc';
  if (!add) return write(key, next);
  const all = parts(sort);
  if (!now) return [...all, write(key, next)].join(',');
  // After its last direction a further order is taken off again.
  if (at === orders.length - 1 && all.length > 1) return all.filter((p) => keyOf(p) !== key).join(',');
  return all.map((p) => (keyOf(p) === key ? write(key, next) : p)).join(',');
}
