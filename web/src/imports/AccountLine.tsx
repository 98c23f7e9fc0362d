import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLang } from '../i18n';
import { formatNumber } from '../shared/format';
import type { Account, Import } from './types';
import { accountLine } from './wizard';

/** rows = new + changed + same + refused, as one sentence. */
export function AccountText({ account }: { account: Account }) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const n = (x: number) => formatNumber(x, lang);
  return (
    <span className="ac-account-text">
      {t('account', {
        rows: n(account.rows),
        inserted: n(account.inserted),
        updated: n(account.updated),
        unchanged: n(account.unchanged),
        refused: n(account.refused),
      })}
    </span>
  );
}

/** Stands above every step: what becomes of the rows, as far as it is known. */
export function AccountLine({ imp }: { imp: Import }) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const account = imp.result ?? imp.dry_run;
  const { rows } = imp.file.stats;
  if (!account)
    return <p className="ac-account ac-muted">{t('accountRows', { count: rows, shown: formatNumber(rows, lang) })}</p>;
  const { balanced } = accountLine(account);
  const parts = ['inserted', 'updated', 'unchanged', 'refused'] as const;
  return (
    <>
      <div className="ac-account">
        <span className="ac-small ac-muted">{t(imp.result ? 'accountDone' : 'accountDry')}</span>
        <span className="ac-account-part">
          <strong>{formatNumber(account.rows, lang)}</strong> {t('rows')}
        </span>
        {parts.map((part, i) => (
          <span key={part} className="ac-account-part" data-part={part} data-any={account[part] > 0 || undefined}>
            <span className="ac-account-sign" aria-hidden>
              {i === 0 ? '=' : '+'}
            </span>
            <strong>{formatNumber(account[part], lang)}</strong> {t(part)}
          </span>
        ))}
      </div>
      {!balanced && imp.state !== 'cancelled' && imp.state !== 'failed' && (
        <Alert type="error" showIcon title={t('unbalanced')} description={imp.id} />
      )}
    </>
  );
}
