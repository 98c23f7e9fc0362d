import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { App, Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Case } from '../../api/types';
import { ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useIdempotencyKey, useSubmit } from '../../shared/form';
import { PageHeader } from '../../shared/PageHeader';
import { CaseForm, type CaseValues, changesOf } from './CaseForm';
import './cases.css';

const NOTHING_KNOWN: CaseValues = {
  severity: 'unknown',
  outcome: 'under_care',
  origin: 'unknown',
  detection_route: 'unknown',
  zone_class: 'unknown',
  sex: 'unknown',
};

/** Opens a case. What is not known stays "unknown" and can be added later. */
export function NewCasePage() {
  const { t } = useTranslation('cases');
  const can = useCan();
  const { incident, placeId } = useScope();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm();
  const { key } = useIdempotencyKey();
  const { submit, busy, error } = useSubmit<CaseValues>(form, async (values) => {
    const body = { ...changesOf({}, values), incident_id: incident?.id, place_id: values.place_id };
    const made = await api.post<Case>('/cases', body, { idempotencyKey: key });
    void message.success(t('form.opened', { number: made.number }));
    await client.invalidateQueries({
      predicate: ({ queryKey }) => ['case', 'situation', 'clearance'].includes(String(queryKey[0])),
    });
    await navigate({
      to: '/cases/$caseId',
      params: { caseId: made.id },
      search: (s) => ({ incident: s.incident, place: s.place }),
      ignoreBlocker: true,
    });
  });
  if (!can('cases.case.open')) return <ForbiddenPage />;
  if (!incident || !placeId) return <Loading />;
  return (
    <div className="ac-page">
      <PageHeader title={t('form.newTitle')} sub={t('form.newSub')} />
      <CaseForm
        initial={{ ...NOTHING_KNOWN, place_id: placeId }}
        form={form}
        isNew
        error={error}
        busy={busy}
        submitText={t('form.open')}
        onSubmit={submit}
        onCancel={() => void navigate({ to: '/cases', search: (s) => ({ incident: s.incident, place: s.place }) })}
      />
    </div>
  );
}
