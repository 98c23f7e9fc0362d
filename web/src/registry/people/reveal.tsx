import { EyeInvisibleOutlined, EyeOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Modal } from 'antd';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useCan } from '../../app/session';
import { FormError, useIdempotencyKey, useSubmit } from '../../shared/form';
import { peopleQuery } from './queries';
import type { Revealed, RevealField } from './types';

/** How long revealed values stay on the screen. */
export const SHOWN_SECONDS = 60;
/** The server takes no shorter reason. */
const REASON_MIN = 5;

type Reveal = {
  shown: Revealed | undefined;
  /** Seconds until the values are hidden. */
  left: number;
  /** Nothing asks for all fields. Undefined when the person may not reveal. */
  ask: ((field?: RevealField) => void) | undefined;
  hide: () => void;
};
const RevealContext = createContext<Reveal | null>(null);

export function useReveal(): Reveal {
  const reveal = useContext(RevealContext);
  if (!reveal) throw new Error('useReveal outside RevealProvider');
  return reveal;
}

type Who = { id: string; name_masked: string };
/** Masked values, until someone says why they need to know; then for a minute. */
export function RevealProvider({ person, children }: { person: Who; children: ReactNode }) {
  const can = useCan();
  const [asking, setAsking] = useState<{ field?: RevealField } | undefined>();
  const [shown, setShown] = useState<Revealed | undefined>();
  const [left, setLeft] = useState(0);
  const until = useMemo(() => (shown ? Date.now() + SHOWN_SECONDS * 1000 : 0), [shown]);
  useEffect(() => {
    if (!until) return;
    const tick = () => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      if (seconds <= 0) setShown(undefined);
      else setLeft(seconds);
    };
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [until]);

  const may = can('people.person.reveal');
  const reveal = useMemo<Reveal>(
    () => ({
      shown,
      left,
      ask: may ? (field) => setAsking({ field }) : undefined,
      hide: () => setShown(undefined),
    }),
    [shown, left, may],
  );
  return (
    <RevealContext.Provider value={reveal}>
      {children}
      {asking && (
        <ReasonDialog
          person={person}
          field={asking.field}
          onClose={() => setAsking(undefined)}
          onDone={(values) => {
            setAsking(undefined);
            // A further field joins what is shown, and all start their minute again.
            setShown((old) => (asking.field ? { ...old, ...values } : values));
          }}
        />
      )}
    </RevealContext.Provider>
  );
}

type DialogProps = {
  person: Who;
  field: RevealField | undefined;
  onClose: () => void;
  onDone: (values: Revealed) => void;
};
function ReasonDialog({ person, field, onClose, onDone }: DialogProps) {
  const { t } = useTranslation(['people', 'shared']);
  const client = useQueryClient();
  const [form] = Form.useForm<{ reason: string }>();
  const { key } = useIdempotencyKey();
  const { submit, busy, error } = useSubmit(form, async ({ reason }) => {
    const body = { reason: reason.trim(), fields: field ? [field] : undefined };
    const all = await api.post<Revealed>(`/people/${person.id}/reveal`, body, { idempotencyKey: key });
    onDone(field ? { [field]: all[field] ?? '' } : all);
    await client.invalidateQueries({ queryKey: peopleQuery.history(person.id).queryKey });
  });
  const name = person.name_masked || '–';
  return (
    <Modal
      open
      title={
        field
          ? t('people:reveal.titleField', { name, field: t(`people:field.${field}`) })
          : t('people:reveal.title', { name })
      }
      okText={t('people:reveal.submit', { count: SHOWN_SECONDS })}
      cancelText={t('shared:cancel')}
      onOk={form.submit}
      onCancel={onClose}
      confirmLoading={busy}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={submit}>
        <FormError error={error} />
        <p style={{ marginBottom: 12 }}>{t('people:reveal.why')}</p>
        <Form.Item
          name="reason"
          label={t('people:reveal.reason')}
          extra={t('people:reveal.hint')}
          rules={[
            {
              required: true,
              whitespace: true,
              min: REASON_MIN,
              message: t('people:reveal.min', { count: REASON_MIN }),
            },
          ]}
        >
          <Input.TextArea autoFocus rows={3} maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** Shows all, or hides what is shown. */
export function RevealButton() {
  const { t } = useTranslation('people');
  const { shown, left, ask, hide } = useReveal();
  if (shown)
    return (
      <Button icon={<EyeInvisibleOutlined aria-hidden />} onClick={hide}>
        {t('reveal.hide', { count: left })}
      </Button>
    );
  if (!ask) return null;
  return (
    <Button icon={<EyeOutlined aria-hidden />} onClick={() => ask()}>
      {t('reveal.all')}
    </Button>
  );
}
