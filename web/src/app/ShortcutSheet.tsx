import { Checkbox, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { isMac } from '../shared/keys';
import { usePreference } from '../shared/preference';
import { SHORTCUTS, type ShortcutId } from '../shared/shortcuts';

const GROUPS = ['app', 'day', 'table', 'pair', 'view'] as const;

const SIGNS: Record<string, string> = { Escape: 'Esc', ArrowLeft: '←', ArrowRight: '→' };

const cap = (key: string) =>
  key
    .split('+')
    .map((part) =>
      part === 'mod'
        ? isMac
          ? '⌘'
          : 'Ctrl'
        : part === 'shift'
          ? 'Shift'
          : part in SIGNS
            ? SIGNS[part]
            : part.length === 1 && /[a-z]/.test(part) && key.includes('+')
              ? part.toUpperCase()
              : part,
    )
    .join(' ');

/** The shortcut sheet, drawn from the table that binds the keys. */
export function ShortcutSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('app');
  const [single, setSingle] = usePreference<'on' | 'off'>('single-keys', 'on');
  const ids = Object.keys(SHORTCUTS) as ShortcutId[];
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t('shortcut.title')} width={460}>
      <div className="ac-stack">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3 style={{ marginBottom: 4 }}>{t(`shortcut.group.${group}`)}</h3>
            <dl className="ac-dl" style={{ gridTemplateColumns: '1fr max-content' }}>
              {ids
                .filter((id) => SHORTCUTS[id].group === group)
                .map((id) => (
                  <div
                    key={id}
                    style={{ display: 'contents', opacity: single === 'off' && SHORTCUTS[id].single ? 0.5 : 1 }}
                  >
                    <dt>{t(`shortcut.${id}`)}</dt>
                    <dd>
                      {SHORTCUTS[id].keys.map((key) => (
                        <kbd className="ac-kbd" key={key}>
                          {cap(key)}
                        </kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <div>
          <Checkbox checked={single === 'on'} onChange={(e) => setSingle(e.target.checked ? 'on' : 'off')}>
            {t('shortcut.single')}
          </Checkbox>
          <p className="ac-small ac-muted" style={{ paddingLeft: 24 }}>
            {t('shortcut.singleHint')}
          </p>
        </div>
      </div>
    </Modal>
  );
}
