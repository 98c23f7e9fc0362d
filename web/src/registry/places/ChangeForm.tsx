import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, DatePicker, Form, Input } from 'antd';
import dayjs from 'dayjs';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Day } from '../../api/types';
import { useLang } from '../../i18n';
import { FormError, useIdempotencyKey, useSubmit } from '../../shared/form';
import { formatNumber } from '../../shared/format';
import { type Plan, placePreview } from './queries';
import type { ChangeKind, Effect, PlaceFile } from './types';
import '../../shared/form.css';

type Deed = { from_on: dayjs.Dayjs; reason: string };

type Props = {
  p: PlaceFile;
  kind: ChangeKind;
  /** What the preview is asked about. */
  plan: Plan;
  /** Whether enough is filled in to be previewed and sent. */
  ready: boolean;
  /** What is sent besides the day and the reason. */
  body: () => Record<string, unknown>;
  onDone: () => void;
  children?: ReactNode;
};

/** The frame of every change of the tree: what, from which day, why, and what follows it. */
export function ChangeForm({ p, kind, plan, ready, body, onDone, children }: Props) {
  const { t } = useTranslation(['places', 'shared']);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<Deed>();
  const { key } = useIdempotencyKey();
  const preview = useQuery(placePreview(p.id, plan, ready && kind !== 'rename'));
  const blocked = (preview.data?.blockers.length ?? 0) > 0;
  const { submit, busy, error } = useSubmit<Deed>(form, async (values) => {
    const from_on: Day = values.from_on.format('YYYY-MM-DD');
    await api.post(
      `/places/${p.id}/${kind}`,
      { ...body(), from_on, reason: values.reason.trim() },
      { ifMatch: p.version, idempotencyKey: key },
    );
    void message.success(t(`places:change.done.${kind}`));
    await client.invalidateQueries({
      predicate: ({ queryKey }) => ['place', 'person', 'household'].includes(String(queryKey[0])),
    });
    onDone();
  });
  return (
    <Form<Deed>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ from_on: dayjs() }}
      onFinish={submit}
      className="ac-stack"
    >
      <p className="ac-muted">{t(`places:change.what.${kind}`)}</p>
      {children}
      <div className="ac-change-deed">
        <Form.Item
          name="from_on"
          label={t('places:change.from')}
          rules={[{ required: true, message: t('shared:required') }]}
        >
          <DatePicker allowClear={false} disabledDate={(d) => d.isAfter(dayjs(), 'day')} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item
          name="reason"
          label={t('places:change.reason')}
          extra={t('places:change.reasonHint')}
          rules={[{ required: true, whitespace: true, min: 2, message: t('places:change.reasonNeeded') }]}
        >
          <Input maxLength={500} />
        </Form.Item>
      </div>
      {ready && preview.data && <EffectView effect={preview.data} kind={kind} />}
      <FormError error={error ?? preview.error} />
      <div className="ac-form-foot">
        <Button
          type="primary"
          danger={kind === 'retire'}
          htmlType="submit"
          loading={busy}
          disabled={!ready || blocked || (kind !== 'rename' && preview.isFetching && !preview.data)}
        >
          {t(`places:change.do.${kind}`)}
        </Button>
        <Button onClick={onDone}>{t('shared:cancel')}</Button>
      </div>
    </Form>
  );
}

/** Says what goes along, in numbers, and what stands against it, in sentences. */
function EffectView({ effect, kind }: { effect: Effect; kind: ChangeKind }) {
  const { t } = useTranslation('places');
  const lang = useLang();
  if (effect.blockers.length > 0) {
    return (
      <Alert
        type="error"
        showIcon
        title={t('change.blocked')}
        description={
          <ul className="ac-change-blockers">
            {effect.blockers.map((b) => (
              <li key={b.code}>{lang === 'en' ? b.detail : b.detail_zh}</li>
            ))}
          </ul>
        }
      />
    );
  }
  const rows = (['places', 'people', 'cases', 'totals', 'rounds', 'roles'] as const).filter(
    (key) => key === 'places' || key === 'people' || effect[key] > 0,
  );
  return (
    <section className="ac-change-effect" aria-label={t('change.follows')}>
      <h3>{t(kind === 'retire' ? 'change.ends' : 'change.follows')}</h3>
      <dl>
        {rows.map((key) => (
          <div key={key}>
            <dt>{t(`change.effect.${key}`)}</dt>
            <dd>{formatNumber(effect[key], lang)}</dd>
          </div>
        ))}
      </dl>
      <p className="ac-small ac-muted">{t(kind === 'reopen' ? 'change.cantUndo' : 'change.canUndo')}</p>
    </section>
  );
}
