import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Alert, App, Button, Form } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { asProblem } from '../../api/problem';
import type { Case } from '../../api/types';
import { ErrorPage, ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useCan } from '../../app/session';
import { useSubmit } from '../../shared/form';
import { PageHeader } from '../../shared/PageHeader';
import { CaseForm, type CaseValues, changesOf, fromForm, toForm, valuesOf } from './CaseForm';
import { caseQuery } from './queries';
import './cases.css';

/** Changes a case. If someone saved meanwhile, both versions are shown and nothing is overwritten unseen. */
export function EditCasePage() {
  const { caseId } = useParams({ from: '/cases/$caseId/edit' });
  const can = useCan();
  const found = useQuery({ ...caseQuery.one(caseId), refetchOnWindowFocus: false });
  if (!can('cases.case.update')) return <ForbiddenPage />;
  if (found.isError && !found.data) return <ErrorPage error={found.error} retry={() => found.refetch()} />;
  return found.data ? <Editor key={caseId} first={found.data} /> : <Loading />;
}

function Editor({ first }: { first: Case }) {
  const { t } = useTranslation(['cases', 'shared']);
  const navigate = useNavigate();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm();
  const [base, setBase] = useState(first);
  const [theirs, setTheirs] = useState<string[] | undefined>();
  const back = () =>
    navigate({
      to: '/cases/$caseId',
      params: { caseId: first.id },
      search: (s) => ({ incident: s.incident, place: s.place }),
      ignoreBlocker: true,
    });
  const { submit, busy, error, clear } = useSubmit<CaseValues>(form, async (values) => {
    const changes = changesOf(valuesOf(base), values);
    if (Object.keys(changes).length > 0) {
      await api.patch(`/cases/${base.id}`, changes, { ifMatch: base.version });
      void message.success(t('cases:form.saved'));
      await client.invalidateQueries({
        predicate: ({ queryKey }) => ['case', 'situation', 'clearance', 'audit'].includes(String(queryKey[0])),
      });
    }
    await back();
  });
  const stale = asProblem(error).code === 'conflict.stale';

  /** Takes the newest version as the base. Fields the person has not touched follow it; the others stay as typed. */
  async function takeNewest() {
    const newest = await client.fetchQuery({ ...caseQuery.one(first.id), staleTime: 0 });
    const [old, now] = [valuesOf(base), valuesOf(newest)];
    const changed = Object.keys(changesOf(old, now)) as (keyof CaseValues)[];
    const mine = changesOf(old, fromForm(form.getFieldsValue(true)));
    form.setFieldsValue(toForm({ ...now, ...mine }));
    setTheirs(changed.map(String));
    setBase(newest);
    clear();
  }
  const notice = (
    <>
      {stale && (
        <Alert
          type="warning"
          showIcon
          title={t('cases:form.staleTitle')}
          description={t('cases:form.staleText')}
          action={<Button onClick={() => void takeNewest()}>{t('cases:form.staleNext')}</Button>}
        />
      )}
      {theirs && (
        <Alert
          type="info"
          showIcon
          title={t('cases:form.merged')}
          description={
            theirs.length === 0
              ? t('cases:form.mergedNothing')
              : t('cases:form.mergedFields', {
                  fields: theirs.map((f) => t(`cases:field.${f}` as 'cases:field.number')).join(t('cases:listComma')),
                })
          }
        />
      )}
    </>
  );
  return (
    <div className="ac-page">
      <PageHeader title={t('cases:form.editTitle', { number: base.number })} sub={t('cases:form.editSub')} />
      <CaseForm
        initial={valuesOf(first)}
        form={form}
        isNew={false}
        error={stale ? null : error}
        busy={busy}
        submitText={t('shared:save')}
        onSubmit={submit}
        onCancel={() => void back()}
        notice={notice}
      />
    </div>
  );
}
