import { usePreference } from '../../shared/preference';
import { SHORTCUTS, type ShortcutId } from '../../shared/shortcuts';

const WORDS: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→' };

/** The key of an action, beside it; nothing while single keys are turned off or there is no keyboard. */
export function KeyCap({ id }: { id: ShortcutId }) {
  const [single] = usePreference<'on' | 'off'>('single-keys', 'on');
  if (SHORTCUTS[id].single && single === 'off') return null;
  const key = SHORTCUTS[id].keys[0] ?? '';
  return (
    <kbd className="ac-kbd ac-dup-key" aria-hidden>
      {WORDS[key] ?? key.toUpperCase()}
    </kbd>
  );
}
