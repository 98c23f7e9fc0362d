import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, DatePicker, Form, Input, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { q } from '../../api/queries';
import { type Incident, PHASES, type Phase, type PhaseName } from '../../api/types';
import { phaseAt, useScope } from '../../app/scope';
import { useLang } from '../../i18n';
import { addDays, formatDay } from '../../shared/day';
import { DrillLink } from '../../shared/FigureCard';
import { FormError, useIdempotencyKey, useSubmit, useUnsavedWarning } from '../../shared/form';
import { nameIn } from '../../shared/format';
import { PlaceField } from './IncidentForm';
import type { Declaring } from './PhasesPage';
import { isStepBack } from './phases';

/** Shortest evidence and reason: a word is not a reason. */
const TEXT_MIN = 4;

type Values = {
  place_id: string;
  phase: PhaseName;
  starts_on: Dayjs;
  objectives?: string;
  evidence: string;
  reason: string;
};
type Props = { incident: Incident; phases: Phase[]; start: Declaring; onDone: () => void };

/** A declaration: the place, the phase, from when, and why. An earlier phase is a step back and says so. */
export function DeclareForm({ incident, phases, start, onDone }: Props) {
  const { t } = useTranslation(['incident', 'words', 'shared']);
  const lang = useLang();
  const { message } = App.useApp();
  const client = useQueryClient();
  const { on } = useScope();
  const [form] = Form.useForm<Values>();
  const [dirty, setDirty] = useState(false);
  const { key } = useIdempotencyKey();
  const placeId = Form.useWatch('place_id', form) ?? start.placeId;
  const phase = Form.useWatch('phase', form) ?? start.phase;
  const startsOn = (Form.useWatch('starts_on', form) ?? dayjs(on)).format('YYYY-MM-DD');
  const { data: place } = useQuery(q.place(placeId));
  const placeName = place ? nameIn(place, lang) : '';
  const present = (place && phaseAt(phases, place.path, startsOn)) ?? start.present;
  const back = isStepBack(present?.phase, phase);
  const phaseName = phase ? t(`words:phase.${phase}`) : '';

  // A phase begins after the present one began: the first day that is possible is offered.
  const here = phases.filter((p) => p.place_id === start.placeId).map((p) => p.starts_on);
  const earliest =
    here.length > 0
      ? addDays(
          here.reduce((a, b) => (a > b ? a : b)),
          1,
        )
      : undefined;

  const { submit, busy, error } = useSubmit(form, async (v) => {
    const body = {
      ...v,
      starts_on: v.starts_on.format('YYYY-MM-DD'),
      objectives: v.objectives?.trim() ?? '',
      evidence: v.evidence.trim(),
      reason: v.reason.trim(),
    };
    await api.post(`/incidents/${incident.id}/phases`, body, { idempotencyKey: key });
    setDirty(false);
    void message.success(t('incident:declareForm.done', { place: placeName, phase: t(`words:phase.${v.phase}`) }));
    await client.invalidateQueries({
      predicate: ({ queryKey }) => ['phase', 'situation'].includes(String(queryKey[0])),
    });
    onDone();
  });
  const warning = useUnsavedWarning(dirty);
  const required = { required: true, message: t('shared:required') };
  const stated = [
    { ...required, whitespace: true },
    { min: TEXT_MIN, message: t('incident:declareForm.tooShort', { min: TEXT_MIN }) },
  ];

  return (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={submit}
      onValuesChange={() => setDirty(true)}
      initialValues={{
        place_id: start.placeId,
        phase: start.phase,
        starts_on: dayjs(earliest && earliest > on ? earliest : on),
      }}
    >
      {warning}
      <FormError error={error} />
      <Form.Item name="place_id" label={t('incident:declareForm.place')} rules={[required]}>
        <PlaceField label={t('incident:declareForm.place')} rootId={incident.place_id} />
      </Form.Item>
      <Form.Item name="phase" label={t('incident:declareForm.phase')} rules={[required]}>
        <Select
          options={PHASES.map((p) => ({ value: p, label: t(`words:phase.${p}`), disabled: p === present?.phase }))}
        />
      </Form.Item>
      <Form.Item name="starts_on" label={t('incident:declareForm.starts')} rules={[required]}>
        <DatePicker style={{ width: 180 }} disabledDate={(d) => d.format('YYYY-MM-DD') < incident.started_on} />
      </Form.Item>
      <Form.Item
        name="objectives"
        label={t('incident:declareForm.objectives')}
        extra={t('incident:declareForm.objectivesHint')}
      >
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={2000} />
      </Form.Item>
      <Form.Item
        name="evidence"
        label={t('incident:declareForm.evidence')}
        extra={
          <>
            {t('incident:declareForm.evidenceHint')}{' '}
            <DrillLink
              href={`/clearance?${new URLSearchParams({ incident: incident.id, place: placeId, on: startsOn })}`}
            >
              {t('incident:declareForm.clearance', { place: placeName })}
            </DrillLink>
          </>
        }
        rules={stated}
      >
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={2000} />
      </Form.Item>
      <Form.Item
        name="reason"
        label={t('incident:declareForm.reason')}
        extra={t('incident:declareForm.reasonHint')}
        rules={stated}
      >
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={2000} />
      </Form.Item>
      {phase && (
        <Alert
          type={back ? 'warning' : 'info'}
          showIcon
          style={{ marginBottom: 16 }}
          title={
            back && present
              ? t('incident:declareForm.effectBack', {
                  place: placeName,
                  from: t(`words:phase.${present.phase}`),
                  phase: phaseName,
                })
              : t('incident:declareForm.effect', { place: placeName, phase: phaseName, day: formatDay(startsOn, lang) })
          }
        />
      )}
      <Button type="primary" htmlType="submit" loading={busy}>
        {!phase
          ? t('incident:declareForm.submitEmpty')
          : back
            ? t('incident:declareForm.submitBack', { phase: phaseName })
            : t('incident:declareForm.submit', { phase: phaseName })}
      </Button>
    </Form>
  );
}
