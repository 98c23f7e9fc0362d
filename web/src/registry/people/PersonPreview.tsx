import { CloseOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { useShortcut } from '../../shared/shortcuts';
import { CareTags, MinorMark } from './Marks';
import type { PersonRow } from './types';
import { ageText, codeWord } from './words';

/** A person beside the list: what the row has, without opening the file, which is recorded. Escape closes it from anywhere. */
export function PersonPreview({ p, onClose }: { p: PersonRow; onClose: () => void }) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const lang = useLang();
  useShortcut('rowLeave', onClose);
  const facts: [string, string][] = [
    [t('people:field.sex'), codeWord(t, 'sex', p.sex)],
    [t('people:field.age'), ageText(t, p)],
    [t('people:field.relation'), p.relation ? codeWord(t, 'relation', p.relation) : '–'],
    [t('people:field.category'), codeWord(t, 'category', p.category)],
    [t('people:field.phone'), p.phone_masked || '–'],
    [codeWord(t, 'idKind', p.id_kind), p.id_masked || '–'],
    ...(p.keep_until
      ? ([[t('people:field.keep_until'), formatDay(p.keep_until, lang, { year: true })]] as [string, string][])
      : []),
  ];
  return (
    <aside className="ac-panel ac-preview" aria-label={t('people:preview')}>
      <header>
        <h2>{p.name_masked || '–'}</h2>
        <Button type="text" icon={<CloseOutlined aria-hidden />} aria-label={t('shared:close')} onClick={onClose} />
      </header>
      <div className="ac-panel-body ac-stack">
        <p className="ac-muted">{p.place_trail || p.place_name || t('people:chip.without_home')}</p>
        {(p.care.length > 0 || p.minor_without_guardian) && (
          <span className="ac-care">
            <MinorMark person={p} />
            <CareTags care={p.care} />
          </span>
        )}
        <div className="ac-row">
          <Link
            to="/people/$personId"
            params={{ personId: p.id }}
            search={(s) => ({ incident: s.incident, place: s.place })}
          >
            <Button type="primary">{t('people:openFile')}</Button>
          </Link>
          {p.place_level === 'household' && p.place_id && (
            <Link
              to="/households/$placeId"
              params={{ placeId: p.place_id }}
              search={(s) => ({ incident: s.incident, place: s.place })}
            >
              <Button>{t('people:openHousehold')}</Button>
            </Link>
          )}
        </div>
        <dl className="ac-dl">
          {facts.map(([name, value]) => (
            <Pair key={name} name={name} value={value} />
          ))}
        </dl>
      </div>
    </aside>
  );
}

export function Pair({ name, value }: { name: string; value: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
