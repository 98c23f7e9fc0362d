import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { Button, DatePicker, Space } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { Day } from '../api/types';
import { addDays, today } from './day';
import { isEnter } from './keys';
import { useShortcut } from './shortcuts';

type Props = {
  value: Day;
  onChange: (day: Day) => void;
  timeZone: string;
  min?: Day | null;
  max?: Day | null;
  /** Binds `[` and `]`. One picker a page. */
  keys?: boolean;
};

/** A day of the incident, with one step back and forth. Days after today in the incident's zone can't be chosen. */
export function DayPicker({ value, onChange, timeZone, min, max, keys = true }: Props) {
  const { t } = useTranslation('shared');
  const last = max ?? today(timeZone);
  const prev = addDays(value, -1);
  const next = addDays(value, 1);
  const canPrev = !min || prev >= min;
  const canNext = next <= last;
  useShortcut('prevDay', () => canPrev && onChange(prev), keys);
  useShortcut('nextDay', () => canNext && onChange(next), keys);
  return (
    <Space.Compact aria-label={t('day.choose')}>
      <Button icon={<LeftOutlined />} aria-label={t('day.prev')} disabled={!canPrev} onClick={() => onChange(prev)} />
      <DatePicker
        value={dayjs(value)}
        allowClear={false}
        inputReadOnly={false}
        aria-label={t('day.choose')}
        title={t('day.zone', { zone: timeZone })}
        style={{ width: 132 }}
        onKeyDown={(e) => {
          // The field's own Enter commits what was typed; an Enter that confirms characters does not.
          if (e.key.length > 1 && !isEnter(e) && e.keyCode === 229) e.preventDefault();
        }}
        disabledDate={(d) => d.format('YYYY-MM-DD') > last || (!!min && d.format('YYYY-MM-DD') < min)}
        onChange={(d) => d && onChange(d.format('YYYY-MM-DD'))}
      />
      <Button icon={<RightOutlined />} aria-label={t('day.next')} disabled={!canNext} onClick={() => onChange(next)} />
    </Space.Compact>
  );
}
