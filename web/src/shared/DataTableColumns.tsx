import {
  ArrowDownOutlined,
  ArrowUpOutlined,
  MinusOutlined,
  PlusOutlined,
  PushpinFilled,
  PushpinOutlined,
  SettingOutlined,
} from '@ant-design/icons';
import { Button, Checkbox, Popover, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { type DataColumn, DEFAULT_WIDTH, type LayoutChoice } from './DataTableLayout';

export type Density = 'normal' | 'dense';
const WIDTH_STEP = 24;

type Props<T> = { choice: LayoutChoice<T>; density: Density; setDensity: (d: Density) => void };

/** Which columns, in which order, how wide, which stay in view: all by button, so that nothing needs dragging. */
export function ColumnChoice<T>(props: Props<T>) {
  const { t } = useTranslation('shared');
  return (
    <Popover trigger="click" placement="bottomRight" content={<Choice {...props} />} arrow={false} destroyOnHidden>
      <Button type="text" icon={<SettingOutlined aria-hidden />}>
        {t('table.columns')}
      </Button>
    </Popover>
  );
}

function Choice<T>({ choice, density, setDensity }: Props<T>) {
  const { t } = useTranslation('shared');
  return (
    <div className="ac-dt-choice">
      <Segmented<Density>
        block
        size="small"
        value={density}
        onChange={setDensity}
        aria-label={t('table.density')}
        options={[
          { value: 'normal', label: t('table.normal') },
          { value: 'dense', label: t('table.dense') },
        ]}
      />
      <fieldset>
        <legend className="ac-small ac-muted">{t('table.columnsLabel')}</legend>
        <ul>
          {choice.all.map((c, i) => (
            <Line key={c.key} c={c} choice={choice} first={i === 0} last={i === choice.all.length - 1} />
          ))}
        </ul>
      </fieldset>
      {choice.changed && (
        <Button size="small" onClick={choice.reset}>
          {t('table.reset')}
        </Button>
      )}
    </div>
  );
}

type LineProps<T> = { c: DataColumn<T>; choice: LayoutChoice<T>; first: boolean; last: boolean };
function Line<T>({ c, choice, first, last }: LineProps<T>) {
  const { t } = useTranslation('shared');
  const frozen = choice.isFrozen(c);
  const width = choice.layout.width[c.key] ?? c.width ?? DEFAULT_WIDTH;
  const shown = choice.isShown(c);
  const button = (label: string, icon: React.ReactNode, act: () => void, disabled = false, pressed?: boolean) => (
    <Button
      type="text"
      size="small"
      icon={icon}
      aria-label={`${label}: ${c.title}`}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={act}
    />
  );
  return (
    <li>
      <Checkbox checked={shown} disabled={c.always} onChange={() => choice.toggle(c)}>
        {c.title}
      </Checkbox>
      <span className="ac-dt-line">
        {button(t('table.up'), <ArrowUpOutlined aria-hidden />, () => choice.move(c, -1), first)}
        {button(t('table.down'), <ArrowDownOutlined aria-hidden />, () => choice.move(c, 1), last)}
        {button(
          t('table.narrower'),
          <MinusOutlined aria-hidden />,
          () => choice.resize(c.key, width - WIDTH_STEP),
          !shown,
        )}
        {button(t('table.wider'), <PlusOutlined aria-hidden />, () => choice.resize(c.key, width + WIDTH_STEP), !shown)}
        {button(
          t('table.freeze'),
          frozen ? <PushpinFilled aria-hidden /> : <PushpinOutlined aria-hidden />,
          () => choice.freeze(c),
          !shown,
          frozen,
        )}
      </span>
    </li>
  );
}
