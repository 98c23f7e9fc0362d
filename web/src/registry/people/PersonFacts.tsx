import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useLang } from '../../i18n';
import { formatDay, formatInstant } from '../../shared/day';
import { Panel } from '../../shared/PageHeader';
import { HomeMap } from './HomeMap';
import { Identity } from './Identity';
import { CareTags, MinorMark } from './Marks';
import { Pair } from './PersonPreview';
import type { Person } from './types';
import { codeWord, daySpan } from './words';

const frame = (s: { incident?: string; place?: string }) => ({ incident: s.incident, place: s.place });

export function PersonLink({ id, name }: { id: string; name: string }) {
  return (
    <Link to="/people/$personId" params={{ personId: id }} search={frame}>
      {name || '–'}
    </Link>
  );
}

/** What is known, and where the door is. */
export function PersonFacts({ p, timeZone }: { p: Person; timeZone: string | undefined }) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const lang = useLang();
  return (
    <div className="ac-person-grid">
      <div>
        <Identity p={p} />
        <Panel title={t('people:facts.ties')}>
          <dl className="ac-dl">
            <Pair name={t('people:field.category')} value={codeWord(t, 'category', p.category)} />
            <Pair
              name={t('people:field.birth_on')}
              value={p.birth_on ? formatDay(p.birth_on, lang, { year: true }) : (p.birth_year ?? '–')}
            />
            <Pair
              name={t('people:field.guardian')}
              value={
                p.guardian ? (
                  <PersonLink id={p.guardian.id} name={p.guardian.name_masked} />
                ) : p.minor_without_guardian ? (
                  <MinorMark person={p} />
                ) : (
                  '–'
                )
              }
            />
            {p.wards.length > 0 && (
              <Pair
                name={t('people:field.wards')}
                value={
                  <span className="ac-row">
                    {p.wards.map((ward) => (
                      <PersonLink key={ward.id} id={ward.id} name={ward.name_masked} />
                    ))}
                  </span>
                }
              />
            )}
            <Pair
              name={t('people:field.workplace')}
              value={
                p.workplace ? (
                  <Link to="/places/$placeId" params={{ placeId: p.workplace.id }} search={frame}>
                    {p.workplace.trail || p.workplace.name}
                  </Link>
                ) : (
                  p.workplace_text_masked || '–'
                )
              }
            />
            {p.home_since && (
              <Pair name={t('people:field.home_since')} value={formatDay(p.home_since, lang, { year: true })} />
            )}
            {p.language && <Pair name={t('people:field.language')} value={p.language} />}
            {p.external_key && <Pair name={t('people:field.external_key')} value={p.external_key} />}
            <Pair name={t('people:field.updated')} value={formatInstant(p.updated_at, timeZone)} />
          </dl>
        </Panel>
      </div>
      <div>
        <CarePanel p={p} />
        {p.place_id && (
          <Panel title={t('people:facts.home')} flush>
            <HomeMap placeId={p.place_id} />
          </Panel>
        )}
      </div>
    </div>
  );
}

function CarePanel({ p }: { p: Person }) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const lang = useLang();
  return (
    <Panel title={t('people:field.care')}>
      {p.care.length === 0 ? (
        <p className="ac-muted">{t('people:facts.careNone')}</p>
      ) : (
        <ul className="ac-care-list">
          {p.care.map((c) => (
            <li key={c.need}>
              <CareTags care={[c.need]} />
              <span className="ac-small ac-muted">
                {[daySpan(t, lang, c.since, c.until), c.has_note && t('people:facts.hasNote')]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
