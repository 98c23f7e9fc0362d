import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import { Loading } from '../../app/Loading';
import { useLang } from '../../i18n';
import { textIn } from '../../shared/format';
import { Panel } from '../../shared/PageHeader';
import { ErrorState } from '../../shared/states';

/** The roles that can be granted and exactly what each allows. */
export function RolesList() {
  const { t } = useTranslation('accounts');
  const lang = useLang();
  const roles = useQuery(q.roles());
  if (roles.isPending) return <Loading />;
  if (roles.isError) return <ErrorState error={roles.error} retry={() => roles.refetch()} />;
  return (
    <Panel flush>
      <ul className="ac-declarations">
        {roles.data.items.map((r) => (
          <li key={r.role}>
            <h3>
              {textIn(r.title, lang)} <span className="ac-mono ac-faint">{r.role}</span>
            </h3>
            <p className="ac-muted">{textIn(r.description, lang)}</p>
            <details>
              <summary className="ac-small">{t('role.count', { count: r.operations.length })}</summary>
              <p className="ac-mono ac-small ac-muted" style={{ overflowWrap: 'anywhere' }}>
                {r.operations.join(' · ')}
              </p>
            </details>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
