import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { App, Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useIdempotencyKey, useSubmit } from '../../shared/form';
import { PageHeader } from '../../shared/PageHeader';
import { PersonForm } from './PersonForm';
import { changesOf, type PersonValues } from './personValues';
import { refreshPeople } from './refresh';
import type { Person } from './types';

const NOTHING_KNOWN: PersonValues = { sex: 'unknown', category: 'resident', relation: '', id_kind: '', care: [] };

/** Registers a person. What is not known stays empty and can be added later. */
export function NewPersonPage() {
  const { t } = useTranslation('people');
  const can = useCan();
  const { placeId } = useScope();
  const { at } = useSearch({ from: '/people/new' });
  const navigate = useNavigate();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm();
  const { key } = useIdempotencyKey();
  const { submit, busy, error } = useSubmit<PersonValues>(form, async (values) => {
    const made = await api.post<Pick<Person, 'id'>>('/people', changesOf({}, values), { idempotencyKey: key });
    void message.success(t('form.created'));
    await refreshPeople(client);
    await navigate({
      to: '/people/$personId',
      params: { personId: made.id },
      search: (s) => ({ incident: s.incident, place: s.place }),
      ignoreBlocker: true,
      replace: true,
    });
  });
  if (!can('people.person.create')) return <ForbiddenPage />;
  if (!placeId) return <Loading />;
  const frame = (s: { incident?: string; place?: string }) => ({ incident: s.incident, place: s.place });
  const back = () =>
    void (at
      ? navigate({ to: '/households/$placeId', params: { placeId: at }, search: frame })
      : navigate({ to: '/people', search: frame }));
  return (
    <div className="ac-page">
      <PageHeader title={t('form.newTitle')} sub={t('form.newSub')} />
      <PersonForm
        initial={{ ...NOTHING_KNOWN, place_id: at }}
        form={form}
        error={error}
        busy={busy}
        submitText={t('form.submit')}
        onSubmit={submit}
        onCancel={back}
      />
    </div>
  );
}
