import { CloseOutlined } from '@ant-design/icons';
import { Button, DatePicker, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { CareTags } from './Marks';
import type { CareValue } from './personValues';
import { CARE_NEEDS, type CareNeed } from './types';
import { codeWord } from './words';

type Props = { value?: CareValue[]; onChange?: (value: CareValue[]) => void; id?: string };

/** Care needs, each with its days and a note that is stored sealed. */
export function CareField({ value = [], onChange, id }: Props) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const set = (need: CareNeed, change: Partial<CareValue>) =>
    onChange?.(value.map((c) => (c.need === need ? { ...c, ...change } : c)));
  const left = CARE_NEEDS.filter((need) => !value.some((c) => c.need === need));
  const day = (c: CareValue, end: 'since' | 'until') => (
    <DatePicker
      value={c[end] ? dayjs(c[end]) : null}
      placeholder={t(`people:field.${end}`)}
      aria-label={`${codeWord(t, 'care', c.need)} ${t(`people:field.${end}`)}`}
      onChange={(d) => set(c.need, { [end]: d ? d.format('YYYY-MM-DD') : undefined })}
    />
  );
  return (
    <div className="ac-form-care">
      {value.map((c) => (
        <div key={c.need} className="ac-form-need">
          <CareTags care={[c.need]} />
          {day(c, 'since')}
          {day(c, 'until')}
          <Input
            value={c.note}
            maxLength={500}
            autoComplete="off"
            placeholder={t(c.has_note ? 'people:form.careNoteKeep' : 'people:form.careNote')}
            aria-label={`${codeWord(t, 'care', c.need)} ${t('people:form.careNote')}`}
            onChange={(e) => set(c.need, { note: e.target.value })}
          />
          <Button
            type="text"
            icon={<CloseOutlined aria-hidden />}
            aria-label={`${t('shared:remove')}: ${codeWord(t, 'care', c.need)}`}
            onClick={() => onChange?.(value.filter((x) => x.need !== c.need))}
          />
        </div>
      ))}
      {left.length > 0 && (
        <Select<CareNeed | null>
          id={id}
          aria-label={t('people:field.need')}
          value={null}
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('people:field.need')}
          style={{ maxWidth: 280 }}
          options={left.map((need) => ({ value: need, label: codeWord(t, 'care', need) }))}
          onChange={(need) => need && onChange?.([...value, { need }])}
        />
      )}
    </div>
  );
}
