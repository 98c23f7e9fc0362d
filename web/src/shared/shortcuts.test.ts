import { afterEach, describe, expect, it } from 'vitest';
import en from '../i18n/en';
import zh from '../i18n/zh';
import { writePreference } from './preference';
import { isShortcut, SHORTCUTS, type ShortcutId } from './shortcuts';

afterEach(() => {
  writePreference('single-keys', 'on');
  document.body.innerHTML = '';
});

function press(init: KeyboardEventInit, target: HTMLElement = document.body): KeyboardEvent {
  const e = new KeyboardEvent('keydown', { bubbles: true, ...init });
  target.dispatchEvent(e);
  return e;
}

describe('shortcuts', () => {
  it('each have a line in the sheet, in both languages', () => {
    for (const id of Object.keys(SHORTCUTS) as ShortcutId[]) {
      expect(zh.app.shortcut[id]).toBeTruthy();
      expect(en.app.shortcut[id]).toBeTruthy();
    }
  });
  it('of one key are silent while the person types', () => {
    const input = document.body.appendChild(document.createElement('input'));
    expect(isShortcut(press({ key: 'j' }, input), 'rowDown')).toBe(false);
    expect(isShortcut(press({ key: 'j' }), 'rowDown')).toBe(true);
  });
  it('of one key can be turned off; those with Ctrl stay', () => {
    writePreference('single-keys', 'off');
    expect(isShortcut(press({ key: 'j' }), 'rowDown')).toBe(false);
    expect(isShortcut(press({ key: 'k', ctrlKey: true }), 'palette')).toBe(true);
  });
  it('are not triggered while characters are composed', () => {
    expect(isShortcut(press({ key: '[', isComposing: true }), 'prevDay')).toBe(false);
  });
  it('do not take Ctrl+J for j', () => {
    expect(isShortcut(press({ key: 'j', ctrlKey: true }), 'rowDown')).toBe(false);
  });
});
