import type { Lang, Text } from '../api/types';

const locale = (lang: Lang) => (lang === 'zh' ? 'zh-CN' : 'en-GB');

export function formatNumber(n: number | null | undefined, lang: Lang): string {
  if (n === null || n === undefined || Number.isNaN(n)) return '–';
  return new Intl.NumberFormat(locale(lang)).format(n).replace('-', '−');
}
/** 0.986 → 98.6 %; never rounded up to 100 % while something is missing. */
export function formatShare(part: number, whole: number, lang: Lang): string {
  if (whole <= 0) return '–';
  const percent = Math.floor((part / whole) * 1000) / 10;
  const text = new Intl.NumberFormat(locale(lang), { maximumFractionDigits: 1 }).format(percent);
  return lang === 'zh' ? `${text}%` : `${text} %`;
}
/** +12, −3 (true minus), or ±0. */
export function formatChange(n: number, lang: Lang): string {
  if (n === 0) return '±0';
  return (n > 0 ? '+' : '−') + formatNumber(Math.abs(n), lang);
}
/** The server's own words in the reader's language; an untranslated text is better than none. */
export function textIn(text: Text | string | null | undefined, lang: Lang): string {
  if (!text) return '';
  if (typeof text === 'string') return text;
  return text[lang] || text.zh || text.en || '';
}
/** Reads a bilingual name pair as the API gives it (name, name_en). */
export function nameIn(named: { name: string; name_en?: string | null }, lang: Lang): string {
  return lang === 'en' && named.name_en ? named.name_en : named.name;
}
