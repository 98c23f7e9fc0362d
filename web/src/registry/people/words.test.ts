import { describe, expect, it } from 'vitest';
import { shortTrail } from './words';

const trail = 'City › District › Street › Community › Court › Block 1 › Unit 2 › 301';

describe('the way to a door in a list', () => {
  it('leaves out what all rows share, wherever that is told from', () => {
    expect(shortTrail(trail, 'City › District › Street › Community')).toBe('Court › Block 1 › Unit 2 › 301');
    expect(shortTrail(trail, 'Street › Community')).toBe('Court › Block 1 › Unit 2 › 301');
    expect(shortTrail(trail, 'Country › City › District › Street › Community')).toBe('Court › Block 1 › Unit 2 › 301');
    expect(shortTrail(trail, 'Community')).toBe('Court › Block 1 › Unit 2 › 301');
  });
  it('keeps the near end when much is left', () => {
    expect(shortTrail(trail, 'City')).toBe('… › Court › Block 1 › Unit 2 › 301');
    expect(shortTrail(trail, '')).toBe('… › Court › Block 1 › Unit 2 › 301');
  });
  it('is not misled by a namesake elsewhere', () => {
    expect(shortTrail(trail, 'Other › Block 1')).toBe('… › Court › Block 1 › Unit 2 › 301');
  });
  it('names the door itself when the list is about that door', () => {
    expect(shortTrail(trail, 'Unit 2 › 301')).toBe('301');
  });
});
