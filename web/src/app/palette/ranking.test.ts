import { describe, expect, it } from 'vitest';
import { isFullNumber, plain, ranked, STRONG, score, stepped } from './ranking';

const pages = [
  { key: 'cases', texts: ['病例', 'Cases'] },
  { key: 'people', texts: ['人员登记', 'People'] },
  { key: 'places', texts: ['区划地点', 'Places'] },
  { key: 'users', texts: ['用户与角色', 'Users and roles'] },
];
const keys = (typed: string) => ranked(typed, pages).map((p) => p.key);

describe('what is typed into the search', () => {
  it('finds a page in Chinese, in English, by pinyin and by initials', () => {
    expect(keys('人员')).toEqual(['people']);
    expect(keys('peo')).toEqual(['people']);
    expect(keys('renyuan')).toEqual(['people']);
    expect(keys('rydj')).toEqual(['people']);
  });
  it('puts what begins with it before what only holds it', () => {
    expect(score('p', ['Places'], '')).toBeGreaterThan(score('p', ['Map'], ''));
    expect(keys('ro')).toEqual(['users']);
  });
  it('reads half-typed pinyin as the input method writes it', () => {
    expect(plain("ren'yuan deng")).toBe('renyuandeng');
    expect(keys("ren'yuan")).toEqual(['people']);
  });
  it('puts a page found by letters behind people, who are mostly meant by them', () => {
    expect(score('rydj', ['人员登记'], 'people')).toBeLessThan(STRONG);
    expect(score('人员', ['人员登记'], 'people')).toBeGreaterThanOrEqual(STRONG);
  });
  it('does not take one letter for initials', () => {
    expect(keys('q')).toEqual([]);
  });
  it('meets nothing when nothing is typed', () => {
    expect(keys('  ')).toEqual([]);
  });
});

describe('whole numbers', () => {
  it('are told from the last four digits and from case numbers', () => {
    expect(isFullNumber('13800138000')).toBe(true);
    expect(isFullNumber('138 0013 8000')).toBe(true);
    expect(isFullNumber('22010219900307123X')).toBe(true);
    expect(isFullNumber('8000')).toBe(false);
    expect(isFullNumber('SC-000123')).toBe(false);
  });
});

describe('arrow keys', () => {
  it('go round the ends, and nowhere in an empty list', () => {
    expect(stepped(2, 1, 3)).toBe(0);
    expect(stepped(0, -1, 3)).toBe(2);
    expect(stepped(0, 1, 0)).toBe(-1);
  });
});
