import { App, Drawer } from 'antd';
import { type ReactNode, useCallback, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { DirtyContext } from './form';

type Props = { open: boolean; onClose: () => void; title: ReactNode; size?: number; children: ReactNode };

/** A side panel with a form. Closing it with unsaved input asks first; the form says so through useUnsavedWarning. */
export function FormDrawer({ open, onClose, title, size = 440, children }: Props) {
  const { t } = useTranslation('shared');
  const { modal } = App.useApp();
  const dirty = useRef(false);
  const report = useCallback((now: boolean) => {
    dirty.current = now;
  }, []);
  async function close() {
    if (!dirty.current) return onClose();
    const leave = await modal.confirm({
      title: t('unsaved.title'),
      content: t('unsaved.text'),
      okText: t('unsaved.leave'),
      cancelText: t('unsaved.stay'),
      autoFocusButton: 'cancel',
    });
    if (leave) onClose();
  }
  return (
    <Drawer
      open={open}
      onClose={() => void close()}
      size={size}
      title={title}
      destroyOnHidden
      styles={{ wrapper: { maxWidth: '100vw' } }}
    >
      <DirtyContext.Provider value={report}>{children}</DirtyContext.Provider>
    </Drawer>
  );
}
