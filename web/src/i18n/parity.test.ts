import { describe, expect, it } from 'vitest';
import en from './en';
import zh from './zh';

type Tree = { [key: string]: string | Tree };

/** Flat keys; a plural form counts as its stem, since Chinese has one form and English two. */
function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix + key;
    if (typeof value === 'string') out.set(path, value);
    else for (const [k, v] of flatten(value, `${path}.`)) out.set(k, v);
  }
  return out;
}
const stem = (key: string) => key.replace(/_(one|other)$/, '');
const stems = (texts: Map<string, string>) => [...new Set([...texts.keys()].map(stem))].sort();
const variables = (text: string) => [...text.matchAll(/\{\{\s*([\w.]+)/g)].map((m) => m[1]).sort();

const chinese = flatten(zh as Tree);
const english = flatten(en as Tree);

describe('texts in both languages', () => {
  it('have the same keys', () => {
    expect(stems(english)).toEqual(stems(chinese));
  });

  it('are never empty', () => {
    const empty = [...chinese, ...english].filter(([, text]) => text.trim() === '').map(([key]) => key);
    expect(empty).toEqual([]);
  });

  it('use the same variables', () => {
    const differing = [...chinese].filter(([key, text]) => {
      const other = english.get(key) ?? english.get(`${stem(key)}_other`) ?? '';
      return variables(text).join() !== variables(other).join();
    });
    expect(differing.map(([key]) => key)).toEqual([]);
  });

  it('give English both plural forms', () => {
    const others = [...english.keys()].filter((key) => key.endsWith('_other'));
    expect(others.filter((key) => !english.has(key.replace(/_other$/, '_one')))).toEqual([]);
  });

  it('keep Chinese punctuation full-width', () => {
    const han = /[\u4e00-\u9fff]/;
    const half = [...chinese].filter(
      ([, text]) => /[\u4e00-\u9fff][,;:?!]|[,;?!][\u4e00-\u9fff]/.test(text) && han.test(text),
    );
    expect(half.map(([key]) => key)).toEqual([]);
  });

  it('hold no Chinese characters in English, apart from proper names', () => {
    const mixed = [...english].filter(
      ([key, text]) => /[\u4e00-\u9fff]/.test(text) && !key.startsWith('app.brand') && !key.startsWith('app.language'),
    );
    expect(mixed.map(([key]) => key)).toEqual([]);
  });
});
