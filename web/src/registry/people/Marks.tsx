import { HeartOutlined, HourglassOutlined, WarningOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Day } from '../../api/types';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { Tag, type Tone } from '../../shared/marks';
import { CARE_NEEDS, type CareNeed, type PersonRow } from './types';
import { codeWord } from './words';

/** Who cannot wait for the next round of visits. The others are quiet: most of a list would shout otherwise. */
const URGENT: ReadonlySet<CareNeed> = new Set(['haemodialysis', 'home_oxygen', 'pregnant', 'minor_alone']);
const tone = (need: CareNeed): Tone => (URGENT.has(need) ? 'warn' : 'info');

/** Care needs as words, the most urgent first. `most` cuts the line in a list; the rest is in the title. */
export function CareTags({ care, most }: { care: readonly CareNeed[]; most?: number }) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  if (care.length === 0) return null;
  const sorted = [...care].sort((a, b) => CARE_NEEDS.indexOf(a) - CARE_NEEDS.indexOf(b));
  const shown = most === undefined ? sorted : sorted.slice(0, most);
  const words = sorted.map((need) => codeWord(t, 'care', need));
  return (
    <span className="ac-care" title={words.join(t('people:listComma'))}>
      {shown.map((need) => (
        <Tag key={need} tone={tone(need)} icon={<HeartOutlined aria-hidden />}>
          {codeWord(t, 'care', need)}
        </Tag>
      ))}
      {shown.length < sorted.length && (
        <span className="ac-small ac-muted">
          +{sorted.length - shown.length}
          <span className="ac-sr"> {words.slice(shown.length).join(t('people:listComma'))}</span>
        </span>
      )}
    </span>
  );
}

/** A minor for whom nobody is named. */
export function MinorMark({ person }: { person: Pick<PersonRow, 'minor_without_guardian'> }) {
  const { t } = useTranslation('people');
  if (!person.minor_without_guardian) return null;
  return (
    <Tag tone="warn" icon={<WarningOutlined aria-hidden />}>
      {t('minorAlone')}
    </Tag>
  );
}

/** Until when the record is kept; past it, it says so. */
export function KeepMark({ until, today }: { until: Day | ''; today: Day }) {
  const { t } = useTranslation('people');
  const lang = useLang();
  if (!until) return null;
  const over = until < today;
  const day = formatDay(until, lang, { year: true });
  return (
    <Tag tone={over ? 'bad' : 'plain'} icon={<HourglassOutlined aria-hidden />}>
      {t(over ? 'keepOver' : 'keepUntil', { day })}
    </Tag>
  );
}
