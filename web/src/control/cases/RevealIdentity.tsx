import { EyeInvisibleOutlined, EyeOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Modal } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Case } from '../../api/types';
import { useCan } from '../../app/session';
import { FormError, useIdempotencyKey, useSubmit } from '../../shared/form';
import { Panel } from '../../shared/PageHeader';
import { caseQuery, type Identity } from './queries';

/** How long a revealed identity stays on the screen. */
const SHOWN_SECONDS = 60;
/** The server takes no shorter reason. */
const REASON_MIN = 5;

/** Who the case is: masked, until someone says why they need to know; then for a minute. */
export function RevealIdentity({ c }: { c: Case }) {
  const { t } = useTranslation(['cases', 'shared']);
  const can = useCan();
  const [asking, setAsking] = useState(false);
  const [who, setWho] = useState<Identity | undefined>();
  const [left, setLeft] = useState(0);

  useEffect(() => {
    if (!who) return;
    const until = Date.now() + SHOWN_SECONDS * 1000;
    const tick = () => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      if (seconds <= 0) setWho(undefined);
      else setLeft(seconds);
    };
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [who]);

  const masked = c as Case & { address_masked?: string };
  const rows: [string, string][] = [
    [t('cases:field.name'), (who ? who.name : c.name_masked) || '–'],
    [t('cases:field.phone'), (who ? who.phone : c.phone_masked) || '–'],
    [t('cases:field.id_number'), (who ? who.id_number : c.id_masked) || '–'],
    [t('cases:field.address_note'), (who ? who.address_note : masked.address_masked) || '–'],
  ];
  return (
    <Panel
      title={t('cases:identity')}
      tools={
        who ? (
          <Button icon={<EyeInvisibleOutlined aria-hidden />} onClick={() => setWho(undefined)}>
            {t('cases:reveal.hide', { count: left })}
          </Button>
        ) : (
          can('cases.case.reveal') && (
            <Button icon={<EyeOutlined aria-hidden />} onClick={() => setAsking(true)}>
              {t('cases:reveal.open')}
            </Button>
          )
        )
      }
    >
      <div className={who ? 'ac-reveal' : undefined} data-private={who ? true : undefined}>
        <dl className="ac-identity">
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt className="ac-small ac-muted">{name}</dt>
              <dd className="ac-mono">{value}</dd>
            </div>
          ))}
        </dl>
        {who && <p className="ac-small">{t('cases:reveal.recorded')}</p>}
      </div>
      {asking && (
        <ReasonDialog
          c={c}
          onClose={() => setAsking(false)}
          onDone={(identity) => {
            setAsking(false);
            setWho(identity);
          }}
        />
      )}
    </Panel>
  );
}

type DialogProps = { c: Case; onClose: () => void; onDone: (who: Identity) => void };
function ReasonDialog({ c, onClose, onDone }: DialogProps) {
  const { t } = useTranslation(['cases', 'shared']);
  const client = useQueryClient();
  const [form] = Form.useForm<{ reason: string }>();
  const { key } = useIdempotencyKey();
  const { submit, busy, error } = useSubmit(form, async ({ reason }) => {
    const who = await api.post<Identity>(`/cases/${c.id}/reveal`, { reason: reason.trim() }, { idempotencyKey: key });
    onDone(who);
    await client.invalidateQueries({ queryKey: caseQuery.history(c.id).queryKey });
  });
  return (
    <Modal
      open
      title={t('cases:reveal.title', { number: c.number })}
      okText={t('cases:reveal.submit')}
      cancelText={t('shared:cancel')}
      onOk={form.submit}
      onCancel={onClose}
      confirmLoading={busy}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={submit}>
        <FormError error={error} />
        <p style={{ marginBottom: 12 }}>{t('cases:reveal.why')}</p>
        <Form.Item
          name="reason"
          label={t('cases:reveal.reason')}
          extra={t('cases:reveal.hint')}
          rules={[
            {
              required: true,
              whitespace: true,
              min: REASON_MIN,
              message: t('cases:reveal.min', { count: REASON_MIN }),
            },
          ]}
        >
          <Input.TextArea autoFocus rows={3} maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
