import { describe, expect, it } from 'vitest';
import en from '../../i18n/en/addresses';
import zh from '../../i18n/zh/addresses';
import { likelyLevel, likelyName } from './levels';
import { type Match, REASONS } from './types';

const match = (text: string, reason: Match['reason']) => ({ text, reason }) as Match;

describe('address texts', () => {
  it('says every reason in both languages', () => {
    for (const reason of REASONS) {
      expect(zh.reason[reason], reason).toBeTruthy();
      expect(en.reason[reason], reason).toBeTruthy();
    }
  });
  it('proposes the level of a missing place', () => {
    expect(likelyLevel(match('博山路12弄', 'lane_unknown'))).toBe('compound');
    expect(likelyLevel(match('福州路105号', 'number_unknown'))).toBe('building');
    expect(likelyLevel(match('安基村', 'village_unknown'))).toBe('community');
    expect(likelyLevel(match('曹杨二村', 'village_unknown'))).toBe('compound');
    expect(likelyLevel(match('北蔡村丁家宅', 'group_unknown'))).toBe('compound');
  });
  it('leaves final commas out of a name', () => {
    expect(likelyName('合肥路289弄,')).toBe('合肥路289弄');
  });
});
