import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useLang } from '../../i18n';
import { formatNumber } from '../../shared/format';
import { rowName } from '../people/words';
import { refusals, type Verdict } from './bulk';

/** Who is not changed and why: each reason with its count and a few people, masked. */
export function Refusals({ verdicts }: { verdicts: Verdict[] }) {
  const { t } = useTranslation(['people', 'words', 'shared', 'bulk']);
  const lang = useLang();
  const all = refusals(verdicts);
  if (all.length === 0) return null;
  // Reasons come from the server, so the typed key list cannot know them.
  const why = (code: string) =>
    (t as unknown as (k: string, o: object) => string)(`bulk:why.${code}`, { defaultValue: code });
  return (
    <ul className="ac-bulk-refusals">
      {all.map((v) => (
        <li key={v.verdict}>
          {t('bulk:whyCount', { why: why(v.verdict), n: formatNumber(v.count, lang) })}
          {v.samples.length > 0 && (
            <ul>
              {v.samples.map((p) => (
                <li key={p.id}>
                  <Link
                    to="/people/$personId"
                    params={{ personId: p.id }}
                    search={(s) => ({ incident: s.incident, place: s.place })}
                  >
                    {rowName(t, p)}
                  </Link>{' '}
                  <span className="ac-muted">{p.place_trail.split(' › ').slice(-3).join(' › ')}</span>
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}
