import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Loading } from '../../app/Loading';
import { useLang } from '../../i18n';
import { formatNumber } from '../../shared/format';
import { CareTags, MinorMark } from './Marks';
import type { PersonRow } from './types';
import { ageText, codeWord, shortTrail } from './words';

type Props = {
  shared: string;
  rows: PersonRow[] | undefined;
  empty: ReactNode;
  total: number | undefined;
  more: (() => void) | undefined;
  busy: boolean;
};
/** On a phone a row is a card: what is needed to find the door and the person behind it. */
export function PersonCards({ rows, shared, empty, total, more, busy }: Props) {
  const { t } = useTranslation('shared');
  const lang = useLang();
  if (!rows) return <Loading />;
  if (rows.length === 0) return <div className="ac-panel">{empty}</div>;
  return (
    <div className="ac-panel">
      <ul className="ac-person-cards">
        {rows.map((p) => (
          <PersonCard key={p.id} p={p} shared={shared} />
        ))}
      </ul>
      <div className="ac-dt-foot">
        <span>{t('table.partial', { shown: formatNumber(rows.length, lang), total: formatNumber(total, lang) })}</span>
        {more && (
          <Button onClick={more} loading={busy}>
            {t('more')}
          </Button>
        )}
      </div>
    </div>
  );
}

function PersonCard({ p, shared }: { p: PersonRow; shared: string }) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const who = [p.relation && codeWord(t, 'relation', p.relation), codeWord(t, 'sex', p.sex), ageText(t, p)];
  return (
    <li>
      <Link
        to="/people/$personId"
        params={{ personId: p.id }}
        search={(s) => ({ incident: s.incident, place: s.place })}
      >
        <span className="ac-row-between">
          <strong>{p.name_masked || '–'}</strong>
          <span className="ac-small ac-muted">{who.filter(Boolean).join(' · ')}</span>
        </span>
        <span className="ac-small ac-muted">
          {shortTrail(p.place_trail || p.place_name, shared) || t('people:chip.without_home')}
        </span>
        {(p.care.length > 0 || p.minor_without_guardian) && (
          <span className="ac-care">
            <MinorMark person={p} />
            <CareTags care={p.care} most={3} />
          </span>
        )}
      </Link>
    </li>
  );
}
