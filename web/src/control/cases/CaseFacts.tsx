import { useTranslation } from 'react-i18next';
import type { Case } from '../../api/types';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { ZoneMark } from '../../shared/marks';
import { ageText, codeWord } from './words';

/** How the case counts in the figures, in a sentence. */
export function CountedText({ c }: { c: Case }) {
  const { t } = useTranslation(['cases', 'words']);
  const lang = useLang();
  const day = (d: string | null) => formatDay(d, lang, { year: true });
  if (!c.counted_as || !c.counted_on) return <>{t('cases:counts.not')}</>;
  const as = t(`words:classification.${c.counted_as}`);
  return (
    <>
      {t('cases:counts.as', { as, day: day(c.counted_on) })}
      {c.reclassified_on && t('cases:counts.reclassified', { day: day(c.reclassified_on) })}
    </>
  );
}

/** What is known about a case. Unknown values are shown as such: an empty line would hide that nobody asked. */
export function CaseFacts({ c, short = false }: { c: Case; short?: boolean }) {
  const { t } = useTranslation(['cases', 'words', 'shared']);
  const lang = useLang();
  const day = (d: string | null) => formatDay(d, lang, { year: true });
  const days = [
    'onset_on',
    'sampled_on',
    'confirmed_on',
    'reported_on',
    'admitted_on',
    'outcome_on',
    'second_negative_on',
  ] as const;
  const codes = ['severity', 'outcome', 'origin'] as const;
  return (
    <dl className="ac-dl">
      <dt>{t('cases:field.sex')}</dt>
      <dd>{codeWord(t, 'sex', c.sex)}</dd>
      <dt>{t('cases:field.age')}</dt>
      <dd>{ageText(t, c)}</dd>
      <dt>{t('cases:field.detection_route')}</dt>
      <dd>
        {codeWord(t, 'detection_route', c.detection_route)}{' '}
        <span className="ac-muted">({t(`words:found.${c.found_in_community ? 'community' : 'control'}`)})</span>
      </dd>
      <dt>{t('cases:field.zone_class')}</dt>
      <dd>
        <ZoneMark value={c.zone_class} />
      </dd>
      {c.under_restriction_since && (
        <>
          <dt>{t('cases:field.under_restriction_since')}</dt>
          <dd>{day(c.under_restriction_since)}</dd>
        </>
      )}
      {codes.map((key) => (
        <Pair key={key} name={t(`cases:field.${key}`)} value={codeWord(t, key, c[key])} />
      ))}
      {days
        .filter((key) => !short || c[key])
        .map((key) => (
          <Pair key={key} name={t(`cases:field.${key}`)} value={day(c[key])} />
        ))}
      {short && (
        <>
          <dt>{t('cases:field.counted_on')}</dt>
          <dd>
            <CountedText c={c} />
          </dd>
        </>
      )}
    </dl>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
