import { useTranslation } from 'react-i18next';
import { useCan, useMe } from '../../app/session';
import { useLang } from '../../i18n';
import { textIn } from '../../shared/format';
import { Tag } from '../../shared/marks';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { PasswordPanel } from './PasswordPanel';
import { SessionsPanel } from './SessionsPanel';
import { TokensPanel } from './TokensPanel';
import { TotpPanel } from './TotpPanel';
import './me.css';

/** My own account: who I am here, how I sign in, and where I am signed in. */
export function MePage() {
  const { t } = useTranslation('accounts');
  const lang = useLang();
  const me = useMe();
  const can = useCan();
  return (
    <div className="ac-page ac-me">
      <PageHeader title={t('me.title')} sub={`${me.user.display_name} · ${me.user.username}`} />
      <Panel title={t('me.grants')}>
        <div className="ac-stack-s">
          <div className="ac-row">
            {me.grants.length === 0 && <span className="ac-muted">{t('noGrants')}</span>}
            {me.grants.map((g) => (
              <Tag key={`${g.role}-${g.place_id ?? ''}`}>
                {t('grantAt', {
                  role: textIn(g.role_title, lang) || g.role,
                  place: g.place_id ? g.place_name : t('everywhere'),
                })}
              </Tag>
            ))}
          </div>
          <p className="ac-small ac-faint">{t('me.preferences')}</p>
        </div>
      </Panel>
      {can('accounts.self.update') && <TotpPanel />}
      {can('accounts.self.update') && <PasswordPanel />}
      {can('accounts.self.view') && <SessionsPanel />}
      {(can('accounts.token.create') || can('accounts.token.revoke')) && <TokensPanel />}
    </div>
  );
}
