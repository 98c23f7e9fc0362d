import { HomeOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { Tag } from '../../shared/marks';
import { CareTags, MinorMark } from './Marks';
import { PersonLink } from './PersonFacts';
import { type PersonRow, RELATIONS } from './types';
import { ageText, codeWord } from './words';

const rank = (p: PersonRow) => (p.relation === '' ? RELATIONS.length : RELATIONS.indexOf(p.relation));
/** The head first, then as families are told: spouse, children, parents; the older before the younger. */
export function inFamilyOrder(members: PersonRow[], headId: string): PersonRow[] {
  return [...members].sort((a, b) => {
    if (a.id === headId || b.id === headId) return a.id === headId ? -1 : 1;
    return rank(a) - rank(b) || (b.age ?? -1) - (a.age ?? -1);
  });
}

type Props = { members: PersonRow[]; headId: string; hereId?: string };
/** The people behind a door. */
export function MemberTable({ members, headId, hereId }: Props) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const head = (p: PersonRow) => p.id === headId || (headId === '' && p.relation === 'head');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="ac-scroll-x" tabIndex={0} aria-label={t('people:door.members')}>
      <table className="ac-table ac-members">
        <thead>
          <tr>
            <th>{t('people:door.columns.name')}</th>
            <th>{t('people:door.columns.relation')}</th>
            <th className="ac-num">{t('people:door.columns.age')}</th>
            <th>{t('people:door.columns.sex')}</th>
            <th>{t('people:door.columns.care')}</th>
            <th>{t('people:door.columns.phone')}</th>
          </tr>
        </thead>
        <tbody>
          {inFamilyOrder(members, headId).map((p) => (
            <tr key={p.id} aria-current={p.id === hereId || undefined}>
              <td>
                {p.id === hereId ? (
                  <strong>{p.name_masked || '–'}</strong>
                ) : (
                  <PersonLink id={p.id} name={p.name_masked} />
                )}
              </td>
              <td>
                <span className="ac-row" style={{ gap: 6, flexWrap: 'nowrap' }}>
                  {head(p) ? (
                    <Tag tone="accent" icon={<HomeOutlined aria-hidden />}>
                      {t('people:household.head')}
                    </Tag>
                  ) : (
                    codeWord(t, 'relation', p.relation)
                  )}
                </span>
              </td>
              <td className="ac-num ac-nowrap">{ageText(t, p)}</td>
              <td>{codeWord(t, 'sex', p.sex)}</td>
              <td>
                <span className="ac-care">
                  <MinorMark person={p} />
                  <CareTags care={p.care} />
                </span>
              </td>
              <td className="ac-mono ac-nowrap">{p.phone_masked || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
