/** What the search can lead to, in the order in which groups are shown. */
export const GROUPS = ['recent', 'pages', 'people', 'cases', 'places', 'incidents', 'actions'] as const;
export type Group = (typeof GROUPS)[number];

/** Latin letters by which Chinese page and action titles are found: full pinyin, then initials. */
const LATIN: Record<string, string> = {
  overview: 'zonglan zl',
  incidents: 'shijianyujieduan sjyjd',
  map: 'yiqingfenbutu yqfbt ditu dt',
  cases: 'bingli bl',
  clearance: 'zongheyanpan zhyp',
  counts: 'ribaozongshu rbzs',
  people: 'renyuandengji rydj renkou rk',
  duplicates: 'yisichongfu yscf',
  places: 'quhuadidian qhdd',
  addresses: 'dizhi dz',
  imports: 'shujudaoru sjdr daoru',
  packs: 'xieyibao xyb',
  users: 'yonghuyujuese yhyjs',
  audit: 'shenjirizhi sjrz',
  me: 'wodezhanghao wdzh',
  newPerson: 'dengjirenyuan djry xinjian',
  newCase: 'xinjianbingli xjbl',
  newPlace: 'xinjiandidian xjdd',
  language: 'qiehuanyuyan qhyy zhongwen yingwen',
  dark: 'shensewaiguan sswg',
  light: 'qiansewaiguan qswg',
  shortcuts: 'kuaijiejian kjj',
  signOut: 'tuichudenglu tcdl',
};

/** Lower case, without the marks that an input method leaves between syllables. */
export function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s'’·]+/g, '');
}

/**
 * How well a text is met: 3 begins with what was typed, 2 a word of it does, 1 holds it
 * somewhere or its pinyin or initials begin with it, 0 not at all. Letters are mostly
 * somebody's name, so a page found by them is no better than that.
 */
export function score(typed: string, texts: string[], key: string): number {
  const q = plain(typed);
  if (q === '') return 0;
  let best = 0;
  for (const text of texts) {
    const whole = plain(text);
    if (whole.startsWith(q)) best = Math.max(best, 3);
    else if (text.split(/[\s/·（）()-]+/).some((word) => plain(word).startsWith(q))) best = Math.max(best, 2);
    else if (whole.includes(q)) best = Math.max(best, 1);
  }
  if ((LATIN[key] ?? '').split(' ').some((word) => word.startsWith(q) && q.length > 1)) best = Math.max(best, 1);
  return best;
}

/** From this score on a page stands before people; below it, after places. */
export const STRONG = 2;

/** Those that are met, the best first; equals keep their order. */
export function ranked<T extends { key: string; texts: string[] }>(typed: string, all: T[]): (T & { score: number })[] {
  return all
    .map((item) => ({ ...item, score: score(typed, item.texts, item.key) }))
    .filter((item) => item.score > 0)
    .sort((a, b) => b.score - a.score);
}

/** A whole phone or identity number: looked up only on purpose, because the look-up is recorded. */
export function isFullNumber(text: string): boolean {
  const bare = text.replace(/[\s-]/g, '');
  return /^\+?\d{6,}[xX]?$/.test(bare);
}

/** The next row for a step of the arrow keys, round the ends. */
export function stepped(at: number, step: number, count: number): number {
  return count === 0 ? -1 : (at + step + count) % count;
}
