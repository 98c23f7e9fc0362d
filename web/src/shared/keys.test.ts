import { describe, expect, it, vi } from 'vitest';
import { isComposing, isEnter, onEnter } from './keys';

const key = (init: KeyboardEventInit & { keyCode?: number }) => new KeyboardEvent('keydown', init);

describe('Enter and input methods', () => {
  it('is Enter when nothing is being composed', () => {
    expect(isEnter(key({ key: 'Enter' }))).toBe(true);
  });
  it('is not Enter while characters are composed', () => {
    expect(isEnter(key({ key: 'Enter', isComposing: true }))).toBe(false);
  });
  it('is not Enter when Safari confirms characters (keyCode 229)', () => {
    const e = key({ key: 'Enter' });
    Object.defineProperty(e, 'keyCode', { value: 229 });
    expect(isComposing(e)).toBe(true);
    expect(isEnter(e)).toBe(false);
  });
  it('is not a command while an input method handles the key (Process)', () => {
    expect(isComposing(key({ key: 'Process' }))).toBe(true);
  });
  it('counts on the number pad too', () => {
    expect(isEnter(key({ key: 'Enter', code: 'NumpadEnter' }))).toBe(true);
  });
  it('runs the action once and keeps the form from submitting', () => {
    const act = vi.fn();
    const e = new KeyboardEvent('keydown', { key: 'Enter', cancelable: true });
    onEnter(act)(e);
    expect(act).toHaveBeenCalledOnce();
    expect(e.defaultPrevented).toBe(true);
  });
});
