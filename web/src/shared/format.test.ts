import { describe, expect, it } from 'vitest';
import { csvCell, csvText } from './download';
import { formatChange, formatNumber, formatShare, nameIn, textIn } from './format';

describe('numbers', () => {
  it('are grouped, and missing ones are a dash', () => {
    expect(formatNumber(26462, 'zh')).toBe('26,462');
    expect(formatNumber(null, 'en')).toBe('–');
    expect(formatNumber(-2, 'en')).toBe('−2');
  });
  it('never round a share up to 100 %', () => {
    expect(formatShare(99_999, 100_000, 'zh')).toBe('99.9%');
    expect(formatShare(1, 1, 'en')).toBe('100 %');
    expect(formatShare(0, 0, 'en')).toBe('–');
  });
  it('show change with its sign', () => {
    expect([formatChange(12, 'en'), formatChange(-3, 'en'), formatChange(0, 'en')]).toEqual(['+12', '−3', '±0']);
  });
});

describe('texts of the server', () => {
  it('fall back to the other language rather than to nothing', () => {
    expect(textIn({ zh: '甲', en: '' }, 'en')).toBe('甲');
    expect(nameIn({ name: '江北区', name_en: 'Jiangbei' }, 'en')).toBe('Jiangbei');
    expect(nameIn({ name: '江北区', name_en: '' }, 'en')).toBe('江北区');
  });
});

describe('CSV', () => {
  it('quotes what must be quoted', () => {
    expect(csvText([['a,b', 'x"y', 3, null]])).toBe('"a,b","x""y",3,\r\n');
  });
  it('never lets a cell become a formula', () => {
    expect(csvCell('=1+1')).toBe("'=1+1");
    expect(csvCell(-3)).toBe('-3');
  });
});
