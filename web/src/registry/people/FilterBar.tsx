import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Checkbox, DatePicker, Dropdown, InputNumber, Popover, Radio } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import {
  AGE_GROUPS,
  anySet,
  CHIPS,
  type Chip,
  isSet,
  isSwitch,
  NO_FILTERS,
  type PeopleFilters,
  without,
} from './filters';
import {
  CARE_NEEDS,
  CATEGORIES,
  type CareNeed,
  type Category,
  RELATIONS,
  type Relation,
  SEXES,
  type Sex,
} from './types';
import { ageSpan, codeWord } from './words';

type Props = { filters: PeopleFilters; onChange: (filters: PeopleFilters) => void };

/** Each filter is a chip that says what it does, opens to be changed, and can be taken off. */
export function FilterBar({ filters, onChange }: Props) {
  const { t } = useTranslation(['people', 'shared']);
  const [fresh, setFresh] = useState<Chip | undefined>();
  const shown = CHIPS.filter((chip) => isSet(filters, chip) || chip === fresh);
  const addable = CHIPS.filter((chip) => !shown.includes(chip));
  return (
    <div className="ac-filters ac-no-print">
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
      {addable.length > 0 && (
        <Dropdown
          trigger={['click']}
          menu={{
            items: addable.map((key) => ({ key, label: t(`people:chip.${key}`) })),
            onClick: ({ key }) => {
              const chip = key as Chip;
              if (isSwitch(chip)) onChange({ ...filters, [chip]: true });
              else setFresh(chip);
            },
          }}
        >
          <Button icon={<PlusOutlined aria-hidden />}>{t('people:addFilter')}</Button>
        </Dropdown>
      )}
      {anySet(filters) && (
        <Button type="text" onClick={() => onChange(NO_FILTERS)}>
          {t('shared:empty.clearFilters')}
        </Button>
      )}
    </div>
  );
}

type ChipProps = Props & { chip: Chip; startOpen: boolean; onClosed: () => void };
function FilterChip({ chip, filters, onChange, startOpen, onClosed }: ChipProps) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const [open, setOpen] = useState(startOpen);
  const value = useChipText(chip, filters);
  const label = (
    <>
      <span className="ac-muted">{t(`people:chip.${chip}`)}</span>
      {value !== '' && <strong>{value}</strong>}
    </>
  );
  return (
    <span className="ac-filter-chip" data-set={isSet(filters, chip) || undefined}>
      {isSwitch(chip) ? (
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
        aria-label={t('people:removeFilter', { name: t(`people:chip.${chip}`) })}
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
function useChipText(chip: Chip, f: PeopleFilters): string {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const lang = useLang();
  switch (chip) {
    case 'category':
    case 'care':
      return f[chip].map((code) => codeWord(t, chip, code)).join(t('people:listComma'));
    case 'sex':
    case 'relation':
      return f[chip] ? codeWord(t, chip, f[chip]) : '';
    case 'age':
      return ageSpan(t, f);
    case 'updated_since':
      return f.updated_since ? t('people:sinceDay', { day: formatDay(f.updated_since, lang, { year: true }) }) : '';
    default:
      return '';
  }
}

function Editor({ chip, filters, onChange }: { chip: Chip } & Props) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const codes = (area: 'category' | 'care' | 'sex' | 'relation', list: readonly string[]) =>
    list.map((value) => ({ value, label: codeWord(t, area, value) }));
  switch (chip) {
    case 'category':
      return (
        <Checkbox.Group<Category>
          className="ac-filter-list"
          value={filters.category}
          onChange={(category) => onChange({ ...filters, category })}
          options={codes('category', CATEGORIES) as { value: Category; label: string }[]}
        />
      );
    case 'care':
      return (
        <Checkbox.Group<CareNeed>
          className="ac-filter-list"
          value={filters.care}
          onChange={(care) => onChange({ ...filters, care })}
          options={codes('care', CARE_NEEDS) as { value: CareNeed; label: string }[]}
        />
      );
    case 'age':
      return <AgeEditor filters={filters} onChange={onChange} />;
    case 'updated_since':
      return (
        <DatePicker
          value={filters.updated_since ? dayjs(filters.updated_since) : null}
          aria-label={t('people:chip.updated_since')}
          onChange={(d) => onChange({ ...filters, updated_since: d ? d.format('YYYY-MM-DD') : undefined })}
        />
      );
    case 'sex':
      return (
        <Radio.Group
          className="ac-filter-list"
          value={filters.sex}
          onChange={(e) => onChange({ ...filters, sex: e.target.value as Sex })}
          options={codes('sex', SEXES)}
        />
      );
    case 'relation':
      return (
        <Radio.Group
          className="ac-filter-list"
          value={filters.relation}
          onChange={(e) => onChange({ ...filters, relation: e.target.value as Relation })}
          options={codes('relation', RELATIONS)}
        />
      );
    default:
      return null;
  }
}

function AgeEditor({ filters, onChange }: Props) {
  const { t } = useTranslation('people');
  const end = (which: 'from' | 'to') => (
    <InputNumber
      min={0}
      max={150}
      precision={0}
      inputMode="numeric"
      value={filters[`age_${which}`] ?? null}
      aria-label={t(which)}
      prefix={t(which)}
      style={{ width: 116 }}
      changeOnBlur={false}
      onChange={(n) => onChange({ ...filters, [`age_${which}`]: n ?? undefined })}
    />
  );
  return (
    <div className="ac-stack-s">
      <div className="ac-row">
        {end('from')}
        {end('to')}
      </div>
      <div className="ac-row" style={{ maxWidth: 300 }}>
        {AGE_GROUPS.map((g) => (
          <Button key={g.key} size="small" onClick={() => onChange({ ...filters, age_from: g.from, age_to: g.to })}>
            {t(`ages.${g.key}`)}
          </Button>
        ))}
      </div>
    </div>
  );
}
