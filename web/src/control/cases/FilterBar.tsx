import { CloseOutlined, PlusOutlined, SearchOutlined } from '@ant-design/icons';
import { Button, Checkbox, DatePicker, Dropdown, Input, Popover, Radio, Select } from 'antd';
import dayjs from 'dayjs';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Classification } from '../../api/types';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { onEnter } from '../../shared/keys';
import { ClassMark } from '../../shared/marks';
import {
  anySet,
  type CaseFilters,
  CHIPS,
  type Chip,
  CODES,
  COUNTED,
  type CodedFilter,
  type Counted,
  DATES,
  type DateOf,
  isSet,
  NO_FILTERS,
  without,
} from './filters';
import { codeWord } from './words';

type Props = { filters: CaseFilters; onChange: (filters: CaseFilters) => void };

/** Filters that a person adds; the others come with a link and can only be taken off. */
const ADDABLE: Chip[] = CHIPS.filter((c) => c !== 'import_id' && c !== 'open_on' && c !== 'no_anchor_on');

/** Each filter is a chip that says what it does, opens to be changed, and can be taken off. */
export function FilterBar({ filters, onChange }: Props) {
  const { t } = useTranslation(['cases', 'shared']);
  const [fresh, setFresh] = useState<Chip | undefined>();
  const shown = CHIPS.filter((chip) => isSet(filters, chip) || chip === fresh);
  const addable = ADDABLE.filter((chip) => !shown.includes(chip));
  const change = (next: CaseFilters) => {
    setFresh(undefined);
    onChange(next);
  };
  return (
    <div className="ac-filters ac-no-print">
      <NumberSearch filters={filters} onChange={change} />
      {shown.map((chip) => (
        <FilterChip
          key={chip}
          chip={chip}
          filters={filters}
          onChange={onChange}
          startOpen={chip === fresh}
          onClosed={() => setFresh(undefined)}
        />
      ))}
      <Dropdown
        trigger={['click']}
        menu={{
          items: addable.map((key) => ({ key, label: t(`cases:chip.${key}`) })),
          onClick: ({ key }) =>
            key === 'incomplete' ? change({ ...filters, incomplete: true }) : setFresh(key as Chip),
        }}
      >
        <Button icon={<PlusOutlined aria-hidden />}>{t('cases:addFilter')}</Button>
      </Dropdown>
      {anySet(filters) && (
        <Button type="text" onClick={() => change(NO_FILTERS)}>
          {t('shared:empty.clearFilters')}
        </Button>
      )}
    </div>
  );
}

function NumberSearch({ filters, onChange }: Props) {
  const { t } = useTranslation('cases');
  const [text, setText] = useState(filters.q ?? '');
  useEffect(() => setText(filters.q ?? ''), [filters.q]);
  const send = () => {
    const q = text.trim() || undefined;
    if (q !== filters.q) onChange({ ...filters, q });
  };
  return (
    <Input
      className="ac-filters-q"
      value={text}
      allowClear
      prefix={<SearchOutlined aria-hidden />}
      placeholder={t('search')}
      aria-label={t('search')}
      onChange={(e) => {
        setText(e.target.value);
        if (e.target.value === '' && filters.q) onChange({ ...filters, q: undefined });
      }}
      onKeyDown={onEnter(send)}
      onBlur={send}
    />
  );
}

type ChipProps = Props & { chip: Chip; startOpen: boolean; onClosed: () => void };
function FilterChip({ chip, filters, onChange, startOpen, onClosed }: ChipProps) {
  const { t } = useTranslation(['cases', 'words', 'shared']);
  const [open, setOpen] = useState(startOpen);
  const value = useChipText(chip, filters);
  const fixed = !ADDABLE.includes(chip) || chip === 'incomplete';
  const label = (
    <>
      <span className="ac-muted">{t(`cases:chip.${chip}`)}</span>
      {value !== '' && <strong>{value}</strong>}
    </>
  );
  return (
    <span className="ac-filter-chip" data-set={isSet(filters, chip) || undefined}>
      {fixed ? (
        <span className="ac-filter-text">{label}</span>
      ) : (
        <Popover
          trigger="click"
          placement="bottomLeft"
          arrow={false}
          open={open}
          onOpenChange={(next) => {
            setOpen(next);
            if (!next) onClosed();
          }}
          destroyOnHidden
          content={<Editor chip={chip} filters={filters} onChange={onChange} />}
        >
          <button type="button" className="ac-filter-text" aria-expanded={open} aria-haspopup="dialog">
            {label}
          </button>
        </Popover>
      )}
      <button
        type="button"
        className="ac-filter-off"
        aria-label={t('cases:removeFilter', { name: t(`cases:chip.${chip}`) })}
        onClick={() => {
          onChange(without(filters, chip));
          onClosed();
        }}
      >
        <CloseOutlined aria-hidden />
      </button>
    </span>
  );
}

/** What a chip says after its name. */
function useChipText(chip: Chip, f: CaseFilters): string {
  const { t } = useTranslation(['cases', 'words', 'shared']);
  const lang = useLang();
  const day = (d: string | undefined) => formatDay(d, lang, { year: true });
  switch (chip) {
    case 'period': {
      const of = f.counted ? '' : `${t(`cases:dateOf.${f.date}`)} `;
      if (!f.from && !f.to) return '';
      if (f.from === f.to) return of + day(f.from);
      if (!f.to) return of + t('cases:since', { day: day(f.from) });
      if (!f.from) return of + t('cases:until', { day: day(f.to) });
      return of + t('cases:between', { from: day(f.from), to: day(f.to) });
    }
    case 'counted':
      return f.counted ? t(`cases:countedAs.${f.counted}`) : '';
    case 'classification':
      return f.classification.map((c) => codeWord(t, 'classification', c)).join(t('cases:listComma'));
    case 'open_on':
    case 'no_anchor_on':
      return day(f[chip]);
    case 'incomplete':
    case 'import_id':
      return '';
    default:
      return f[chip] ? codeWord(t, chip, f[chip] as string) : '';
  }
}

function Editor({ chip, filters, onChange }: { chip: Chip } & Props) {
  const { t } = useTranslation(['cases', 'words', 'shared']);
  if (chip === 'period') return <PeriodEditor filters={filters} onChange={onChange} />;
  if (chip === 'classification')
    return (
      <Checkbox.Group
        value={filters.classification}
        onChange={(classification) => onChange({ ...filters, classification })}
        style={{ display: 'grid', gap: 6 }}
        options={CODES.classification.map((value) => ({ value, label: <ClassMark value={value as Classification} /> }))}
      />
    );
  if (chip === 'counted')
    return (
      <Radio.Group
        value={filters.counted}
        onChange={(e) => onChange({ ...filters, counted: e.target.value as Counted })}
        style={{ display: 'grid', gap: 6 }}
        options={COUNTED.map((value) => ({ value, label: t(`cases:countedAs.${value}`) }))}
      />
    );
  const field = chip as Exclude<CodedFilter, 'classification'>;
  return (
    <Radio.Group
      value={filters[field]}
      onChange={(e) => onChange({ ...filters, [field]: e.target.value as string })}
      style={{ display: 'grid', gap: 6 }}
      options={CODES[field].map((value) => ({ value, label: codeWord(t, field, value) }))}
    />
  );
}

function PeriodEditor({ filters, onChange }: Props) {
  const { t } = useTranslation('cases');
  const day = (text: string | undefined) => (text ? dayjs(text) : null);
  return (
    <div className="ac-stack-s">
      {!filters.counted && (
        <Select<DateOf>
          value={filters.date}
          aria-label={t('chip.period')}
          onChange={(date) => onChange({ ...filters, date })}
          options={DATES.map((value) => ({ value, label: t(`dateOf.${value}`) }))}
        />
      )}
      {(['from', 'to'] as const).map((end) => (
        <span className="ac-row" key={end} style={{ flexWrap: 'nowrap' }}>
          <span className="ac-muted ac-period-end">{t(end)}</span>
          <DatePicker
            value={day(filters[end])}
            aria-label={t(end)}
            onChange={(d) => onChange({ ...filters, [end]: d ? d.format('YYYY-MM-DD') : undefined })}
          />
        </span>
      ))}
    </div>
  );
}
