import { describe, expect, it } from 'vitest';
import { shortTrail } from './words';

const trail = '松川市 › 澜江区 › 东泉街道 › 杏乐社区 › 北塘雅居 › 1号楼 › 1单元 › 502';

describe('a place in a list', () => {
  it('leaves out what all rows share', () => {
    expect(shortTrail('松川市 › 澜江区 › 东泉街道', '松川市')).toBe('澜江区 › 东泉街道');
    expect(shortTrail('松川市 › 澜江区', '别处')).toBe('松川市 › 澜江区');
  });
  it('keeps the near end of a long trail', () => {
    expect(shortTrail(trail, '松川市')).toBe('… › 北塘雅居 › 1号楼 › 1单元 › 502');
  });
  it('is never empty for the place itself', () => {
    expect(shortTrail('松川市', '松川市')).toBe('松川市');
  });
});
