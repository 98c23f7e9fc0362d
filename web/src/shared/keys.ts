import type { KeyboardEvent as ReactKeyboardEvent } from 'react';

type AnyKey = KeyboardEvent | ReactKeyboardEvent;

/**
 * True while an input method is composing (choosing Chinese characters). Safari
 * fires the confirming Enter after compositionend, marked only by keyCode 229.
 */
export function isComposing(e: AnyKey): boolean {
  const native = 'nativeEvent' in e ? e.nativeEvent : e;
  return native.isComposing || native.keyCode === 229 || native.key === 'Process';
}

/** The only test for Enter in this application: an Enter that confirms characters is not a command. */
export function isEnter(e: AnyKey): boolean {
  return e.key === 'Enter' && !isComposing(e);
}

/** A key handler that runs `act` on a true Enter. */
export function onEnter<E extends AnyKey>(act: (e: E) => void): (e: E) => void {
  return (e) => {
    if (!isEnter(e)) return;
    e.preventDefault();
    act(e);
  };
}

/** True when keys belong to what the person is typing in. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) && (target as HTMLInputElement).type !== 'checkbox';
}

export const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);
