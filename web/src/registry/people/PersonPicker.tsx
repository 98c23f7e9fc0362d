import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDebounced } from '../../shared/debounce';
import { peopleQuery, SEARCH_FROM } from './queries';
import type { PersonRef } from './types';
import { ageText, codeWord } from './words';

const DEBOUNCE_MS = 120;
const HITS = 12;

type Props = {
  value?: string | null;
  onChange?: (id: string | null) => void;
  /** Who is chosen before anything is searched. */
  first?: PersonRef | null;
  /** Not offered: a person is not their own guardian. */
  except?: string;
  id?: string;
};

/** Finds a person of the register by name, pinyin, initials or the end of the phone number. */
export function PersonPicker({ value, onChange, first, except, id }: Props) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const [text, setText] = useState('');
  const [kept, setKept] = useState<{ value: string; label: string } | undefined>(
    first ? { value: first.id, label: first.name_masked } : undefined,
  );
  const wanted = useDebounced(text.trim(), DEBOUNCE_MS);
  const found = useQuery(peopleQuery.search(wanted, HITS));
  const options = (found.data?.items ?? [])
    .filter((p) => p.id !== except)
    .map((p) => ({
      value: p.id,
      label: p.name_masked,
      title: p.place_trail,
      detail: [codeWord(t, 'sex', p.sex), ageText(t, p), p.place_trail].join(' · '),
    }));
  const short = [...text.trim()].length < SEARCH_FROM;
  return (
    <Select
      id={id}
      showSearch={{ filterOption: false, onSearch: setText }}
      allowClear
      value={value ?? undefined}
      placeholder={t('people:pick.placeholder')}
      options={
        kept && !options.some((o) => o.value === kept.value) && text === ''
          ? [{ ...kept, title: '', detail: '' }]
          : options
      }
      labelRender={({ value: chosen, label }) => (kept?.value === chosen ? kept.label : label)}
      optionRender={(o) => (
        <span className="ac-pick">
          <strong>{o.label}</strong>
          <span className="ac-small ac-muted ac-ellipsis">{(o.data as { detail: string }).detail}</span>
        </span>
      )}
      notFoundContent={
        <span className="ac-muted">
          {short
            ? t('people:pick.short', { count: SEARCH_FROM })
            : found.isFetching
              ? t('shared:table.loading')
              : t('people:pick.none')}
        </span>
      }
      onChange={(next: string | undefined, option) => {
        const one = Array.isArray(option) ? option[0] : option;
        setKept(next && one ? { value: next, label: String(one.label) } : undefined);
        setText('');
        onChange?.(next ?? null);
      }}
    />
  );
}
