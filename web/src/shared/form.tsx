import { useBlocker } from '@tanstack/react-router';
import { Alert, type FormInstance, Modal } from 'antd';
import { createContext, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newIdempotencyKey } from '../api/client';
import { fieldMessage, useMessage } from '../api/message';
import { asProblem } from '../api/problem';

/**
 * One key for one opening of a form: a double click or a repeated send makes one
 * record. `renew` after a success that keeps the form open for the next record.
 */
export function useIdempotencyKey(): { key: string; renew: () => void } {
  const [key, setKey] = useState(newIdempotencyKey);
  return { key, renew: useCallback(() => setKey(newIdempotencyKey()), []) };
}

/** Runs a form's request: busy flag, error sentence, field errors put beside their fields. */
export function useSubmit<V>(form: FormInstance<V> | null, send: (values: V) => Promise<void>) {
  const { t } = useTranslation(['problem']);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  async function submit(values: V) {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setError(null);
    try {
      await send(values);
    } catch (e) {
      const fields = asProblem(e).fields;
      type Fields = Parameters<FormInstance<V>['setFields']>[0];
      form?.setFields(
        fields.map((f) => ({
          name: f.field.replace(/^body\./, '').split('.'),
          errors: [fieldMessage(f.code, t as never, f.message)],
        })) as unknown as Fields,
      );
      setError(e);
    } finally {
      running.current = false;
      setBusy(false);
    }
  }
  return { submit, busy, error, clear: () => setError(null) };
}

/** The sentence above a form that was refused. */
export function FormError({ error }: { error: unknown }) {
  const { t } = useTranslation('shared');
  const message = useMessage();
  if (error === null || error === undefined) return null;
  const { requestId } = asProblem(error);
  return (
    <Alert
      type="error"
      role="alert"
      showIcon
      style={{ marginBottom: 16 }}
      title={
        <>
          {message(error)}
          {requestId !== '' && <div className="ac-small ac-mono">{t('reference', { id: requestId })}</div>}
        </>
      }
    />
  );
}

/** A panel that holds a form learns from it whether there is unsaved input (see FormDrawer). */
export const DirtyContext = createContext<((dirty: boolean) => void) | null>(null);

/** Warns before unsaved input is lost: inside the application and when the tab closes. Render what it returns. */
export function useUnsavedWarning(dirty: boolean) {
  const { t } = useTranslation('shared');
  const report = useContext(DirtyContext);
  useEffect(() => {
    report?.(dirty);
    return () => report?.(false);
  }, [report, dirty]);
  const { proceed, reset, status } = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
  return (
    <Modal
      open={status === 'blocked'}
      title={t('unsaved.title')}
      okText={t('unsaved.stay')}
      cancelText={t('unsaved.leave')}
      onOk={() => reset?.()}
      onCancel={() => proceed?.()}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
    >
      <p>{t('unsaved.text')}</p>
    </Modal>
  );
}
