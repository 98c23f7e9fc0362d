import { CheckCircleFilled, WarningOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { Tag } from '../../shared/marks';
import type { PersonRow } from '../people/types';
import { ageText, codeWord } from '../people/words';
import { type Choice, keeping } from './choices';
import { KeyCap } from './KeyCap';
import { HANGING, type HangsOn, type Pair, type Reason, type Side, type SideField, type Sides } from './types';

type Props = { pair: Pair; sides: Sides | undefined; choice: Choice | undefined; onChoice?: (c: Choice) => void };

/** Two records side by side. What is the same says so without being shown. */
export function PairSides({ pair, sides, choice, onChoice }: Props) {
  const { t } = useTranslation('duplicates');
  const pick = (field: string, side: Side) =>
    choice && onChoice?.({ ...choice, take: { ...choice.take, [field]: side } });
  return (
    <section className="ac-panel ac-dup-sides" aria-label={t('sideBySide')}>
      <Reasons all={sides?.today ?? pair.reasons} again={pair.asked_again} />
      <div className="ac-dup-heads">
        <span className="ac-dup-corner ac-small ac-muted" aria-hidden>
          {t('whichStays')}
        </span>
        {(['a', 'b'] as const).map((side) => (
          <Head
            key={side}
            side={side}
            person={side === 'a' ? pair.a : pair.b}
            hangs={sides?.hangs_on[side]}
            kept={choice?.keep === side}
            onKeep={onChoice && sides ? () => onChoice(keeping(side, sides.fields)) : undefined}
          />
        ))}
      </div>
      <div className="ac-dup-fields">
        {sides?.fields.map((f) => (
          <FieldRow
            key={f.field}
            f={f}
            taken={choice?.take[f.field]}
            onPick={onChoice && ((side) => pick(f.field, side))}
          />
        ))}
        {!sides && <div className="ac-dup-waiting" aria-hidden />}
      </div>
    </section>
  );
}

function Reasons({ all, again }: { all: Reason[]; again: boolean }) {
  const { t } = useTranslation('duplicates');
  const lang = useLang();
  const against = all.filter((r) => r.against);
  return (
    <div className="ac-dup-reasons">
      <ul aria-label={t('why')}>
        {all
          .filter((r) => !r.against)
          .map((r) => (
            <li key={r.code}>
              <Tag tone={r.strong ? 'accent' : 'plain'}>{r[lang]}</Tag>
            </li>
          ))}
        {against.map((r) => (
          <li key={r.code}>
            <Tag tone="warn" icon={<WarningOutlined aria-hidden />}>
              {r[lang]}
            </Tag>
          </li>
        ))}
      </ul>
      {again && <p className="ac-small ac-muted">{t('askedAgain')}</p>}
    </div>
  );
}

type HeadProps = { side: Side; person: PersonRow; hangs?: HangsOn; kept: boolean; onKeep?: () => void };
function Head({ side, person, hangs, kept, onKeep }: HeadProps) {
  const { t } = useTranslation(['people', 'words', 'shared', 'duplicates']);
  const can = useCan();
  const name = person.name_masked || t('duplicates:noName');
  return (
    <div className="ac-dup-head" data-kept={kept || undefined}>
      <div className="ac-dup-who">
        {can('people.person.view') ? (
          <Link
            to="/people/$personId"
            params={{ personId: person.id }}
            search={(s) => ({ incident: s.incident, place: s.place })}
          >
            {name}
          </Link>
        ) : (
          <b>{name}</b>
        )}
        <span className="ac-muted">
          {codeWord(t, 'sex', person.sex)} {ageText(t, person)}
        </span>
      </div>
      <p className="ac-small ac-muted">{person.place_trail || t('duplicates:noHome')}</p>
      <Hanging hangs={hangs} />
      {onKeep && (
        <button type="button" className="ac-dup-keep" aria-pressed={kept} onClick={onKeep}>
          {kept && <CheckCircleFilled aria-hidden />}
          {t(kept ? 'duplicates:kept' : 'duplicates:keep')}
          <KeyCap id={side === 'a' ? 'pairKeepLeft' : 'pairKeepRight'} />
        </button>
      )}
    </div>
  );
}

/** What hangs on a record and would go along. */
function Hanging({ hangs }: { hangs?: HangsOn }) {
  const { t } = useTranslation('duplicates');
  if (!hangs) return <p className="ac-small ac-faint">…</p>;
  const some = HANGING.filter((key) => hangs[key] > 0);
  return (
    <p className="ac-small">
      {some.length === 0
        ? t('hangs.none')
        : some.map((key) => t(`hangs.${key}`, { count: hangs[key] })).join(t('hangs.comma'))}
    </p>
  );
}

type FieldProps = { f: SideField; taken?: Side; onPick?: (side: Side) => void };
function FieldRow({ f, taken, onPick }: FieldProps) {
  const { t } = useTranslation('duplicates');
  const name = (t as unknown as (k: string, o: object) => string)(`field.${f.field}`, { defaultValue: f.field });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset can't be a row of a grid in all browsers
    <div className="ac-dup-row" role="group" aria-label={name} data-same={f.same || undefined}>
      <span className="ac-dup-name ac-small ac-muted">{name}</span>
      {(['a', 'b'] as const).map((side) => (
        <Value key={side} f={f} side={side} taken={taken === side} onPick={onPick} />
      ))}
    </div>
  );
}

/** Fields that are compared digit by digit. */
const DIGITS = new Set(['id_number', 'birth_on', 'phone', 'second_phone', 'external_key', 'keep_until']);

type ValueProps = { f: SideField; side: Side; taken: boolean; onPick?: (side: Side) => void };
function Value({ f, side, taken, onPick }: ValueProps) {
  const { t } = useTranslation(['people', 'words', 'shared', 'duplicates']);
  const text = useFieldText(f, side === 'a' ? f.a_masked : f.b_masked);
  const type = DIGITS.has(f.field) ? 'ac-mono' : undefined;
  if (f.same)
    return (
      <span className="ac-dup-value" data-side={side}>
        <span className={type}>{text}</span>
        {side === 'b' && <span className="ac-small ac-dup-equal">{t('duplicates:same')}</span>}
      </span>
    );
  if (!onPick || text === '')
    return (
      <span className="ac-dup-value" data-taken={taken || undefined} data-side={side}>
        {text === '' ? (
          <span className="ac-faint">{t('duplicates:nothing')}</span>
        ) : (
          <span className={type}>{text}</span>
        )}
      </span>
    );
  return (
    <button
      type="button"
      className="ac-dup-value"
      aria-pressed={taken}
      data-taken={taken || undefined}
      data-side={side}
      title={t('duplicates:take')}
      onClick={() => onPick(side)}
    >
      <span className={type}>{text}</span>
      {taken && <CheckCircleFilled aria-label={t('duplicates:taken')} />}
    </button>
  );
}

/** Codes are said in words. */
function useFieldText(f: SideField, value: string): string {
  const { t } = useTranslation(['people', 'words', 'shared']);
  if (value === '') return '';
  if (f.field === 'sex' || f.field === 'category' || f.field === 'relation') return codeWord(t, f.field, value);
  return value;
}
