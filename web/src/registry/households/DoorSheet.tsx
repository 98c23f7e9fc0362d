import { useTranslation } from 'react-i18next';
import { useScope } from '../../app/scope';
import { useMe } from '../../app/session';
import { formatInstant } from '../../shared/day';
import { inFamilyOrder } from '../people/MemberTable';
import type { Household } from '../people/types';
import { ageText, codeWord } from '../people/words';

/**
 * What is printed for a visit: the door and the people behind it, as masked as on the screen.
 * It says who printed it, so that a sheet that is found can be traced.
 */
export function DoorSheet({ h, name }: { h: Household; name: string }) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const me = useMe();
  const { incident } = useScope();
  return (
    <section className="ac-print-only ac-sheet" aria-hidden>
      <p className="ac-sheet-kind">{t('people:door.sheetTitle')}</p>
      <p className="ac-sheet-door">{name}</p>
      <p>{h.place.trail}</p>
      <table className="ac-table">
        <thead>
          <tr>
            {(['name', 'relation', 'age', 'sex', 'phone', 'care'] as const).map((key) => (
              <th key={key}>{t(`people:door.columns.${key}`)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {inFamilyOrder(h.members, h.head_id).map((p) => (
            <tr key={p.id}>
              <td>{p.name_masked}</td>
              <td>{p.id === h.head_id ? t('people:household.head') : codeWord(t, 'relation', p.relation)}</td>
              <td>{ageText(t, p)}</td>
              <td>{codeWord(t, 'sex', p.sex)}</td>
              <td>{p.phone_masked}</td>
              <td>{p.care.map((need) => codeWord(t, 'care', need)).join(t('people:listComma'))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {t('people:door.sheetBy', {
          name: me.user.display_name,
          at: formatInstant(new Date().toISOString(), incident?.time_zone),
        })}
      </p>
      <p>{t('people:door.sheetNote')}</p>
    </section>
  );
}
