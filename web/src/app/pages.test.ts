import { describe, expect, it } from 'vitest';
import { homeOf, PAGES } from './pages';

describe('pages', () => {
  it('have one entry each', () => {
    expect(new Set(PAGES.map((p) => p.path)).size).toBe(PAGES.length);
  });
  it('give everyone a place to begin', () => {
    expect(homeOf(['situation.view', 'accounts.user.view'])).toBe('/');
    expect(homeOf(['accounts.user.view', 'places.place.view'])).toBe('/users');
    expect(homeOf(['places.place.view'])).toBe('/places');
    expect(homeOf([])).toBe('/me');
  });
});
