import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Alert, App, Button, Form } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { asProblem } from '../../api/problem';
import { ErrorPage, ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatDay, isDay } from '../../shared/day';
import { useIdempotencyKey, useSubmit } from '../../shared/form';
import { PageHeader } from '../../shared/PageHeader';
import { PersonForm } from './PersonForm';
import { changesOf, differing, type FieldName, fromForm, type PersonValues, toForm, valuesOf } from './personValues';
import { peopleQuery } from './queries';
import { refreshPeople } from './refresh';
import type { CareNeed, Person } from './types';
import { type CodeArea, codeWord } from './words';

/** Changes a person. If someone saved meanwhile, both versions are shown and nothing is overwritten unseen. */
export function EditPersonPage() {
  const { personId } = useParams({ from: '/people/$personId/edit' });
  const can = useCan();
  const found = useQuery(peopleQuery.one(personId));
  if (!can('people.person.update')) return <ForbiddenPage />;
  if (found.isError && !found.data) return <ErrorPage error={found.error} retry={() => found.refetch()} />;
  return found.data ? <Editor key={personId} first={found.data} /> : <Loading />;
}

type Meeting = { theirs: FieldName[]; both: { field: FieldName; theirs: string; mine: string }[] };

function Editor({ first }: { first: Person }) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const navigate = useNavigate();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm();
  const [base, setBase] = useState(first);
  const [met, setMet] = useState<Meeting | undefined>();
  const say = useSaying();
  const { key, renew } = useIdempotencyKey();
  const back = () =>
    navigate({
      to: '/people/$personId',
      params: { personId: first.id },
      search: (s) => ({ incident: s.incident, place: s.place }),
      ignoreBlocker: true,
    });
  const { submit, busy, error, clear } = useSubmit<PersonValues>(form, async (values) => {
    const changes = changesOf(valuesOf(base), values);
    if (Object.keys(changes).length > 0) {
      await api.patch(`/people/${base.id}`, changes, { ifMatch: base.version, idempotencyKey: key });
      void message.success(t('people:form.saved'));
      await refreshPeople(client);
    }
    await back();
  });
  const stale = asProblem(error).code === 'conflict.stale';

  /** Takes the newest version as the base. Fields the person has not touched follow it; the others stay as typed. */
  async function takeNewest() {
    const newest = await client.fetchQuery({ ...peopleQuery.one(first.id), staleTime: 0 });
    const [old, now] = [valuesOf(base), valuesOf(newest)];
    const mine = fromForm(form.getFieldsValue(true));
    const touched = differing(old, mine);
    const theirs = differing(old, now);
    const kept = Object.fromEntries(touched.map((f) => [f, mine[f]]));
    form.setFieldsValue(toForm({ ...now, ...kept }));
    setMet({
      theirs,
      both: theirs
        .filter((f) => touched.includes(f))
        .map((field) => ({ field, theirs: say(field, now, newest), mine: say(field, mine, base) })),
    });
    setBase(newest);
    renew();
    clear();
  }
  const notice = (
    <>
      {stale && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          title={t('people:form.staleTitle')}
          description={t('people:form.staleText')}
          action={<Button onClick={() => void takeNewest()}>{t('people:form.staleNext')}</Button>}
        />
      )}
      {met && !stale && <Difference met={met} />}
    </>
  );
  return (
    <div className="ac-page">
      <PageHeader title={t('people:form.editTitle')} sub={t('people:form.editSub')} />
      <PersonForm
        initial={valuesOf(first)}
        form={form}
        person={base}
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

/** What the other person changed, and where the two versions meet. */
function Difference({ met }: { met: Meeting }) {
  const { t } = useTranslation('people');
  const names = met.theirs.map((f) => t(`field.${f}` as 'field.name')).join(t('listComma'));
  return (
    <Alert
      type="info"
      showIcon
      role="status"
      title={t('form.merged')}
      description={
        met.theirs.length === 0 ? (
          t('form.mergedNothing')
        ) : met.both.length === 0 ? (
          t('form.mergedTheirs', { fields: names })
        ) : (
          <>
            <p>{t('form.mergedFields', { fields: names })}</p>
            <dl className="ac-dl" style={{ marginTop: 8 }}>
              {met.both.map(({ field, theirs, mine }) => (
                <div key={field} style={{ display: 'contents' }}>
                  <dt>{t(`field.${field}` as 'field.name')}</dt>
                  <dd>
                    {t('form.theirs', { value: theirs })} · <strong>{t('form.mine', { value: mine })}</strong>
                  </dd>
                </div>
              ))}
            </dl>
          </>
        )
      }
    />
  );
}

/** A value of the form in words. Where the words are not at hand, it says only that it changed. */
function useSaying() {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const lang = useLang();
  return (field: FieldName, values: PersonValues, of: Person): string => {
    const value = values[field];
    if (field === 'care')
      return (values.care ?? []).map((c) => codeWord(t, 'care', c.need as CareNeed)).join(t('people:listComma')) || '–';
    if (value === null || value === '' || value === undefined) return '–';
    const area: Partial<Record<FieldName, CodeArea>> = {
      sex: 'sex',
      category: 'category',
      relation: 'relation',
      id_kind: 'idKind',
    };
    if (area[field]) return codeWord(t, area[field], String(value));
    if (typeof value !== 'string') return t('people:form.changedMasked');
    if (isDay(value)) return formatDay(value, lang, { year: true });
    if (field === 'guardian_id' && of.guardian?.id === value) return of.guardian.name_masked;
    if (field === 'workplace_id' && of.workplace?.id === value) return of.workplace.name;
    return field === 'language' ? value : t('people:form.changedMasked');
  };
}
