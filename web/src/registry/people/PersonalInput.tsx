import { Button, Input } from 'antd';
import { useTranslation } from 'react-i18next';

type Props = {
  value?: string | null;
  onChange?: (value: string | null) => void;
  /** What is on record, masked; nothing when nothing is. */
  masked?: string;
  maxLength: number;
  rows?: number;
  id?: string;
};

/** A text that names somebody: what is on record shows masked behind the field; empty keeps it, "erase" takes it away. */
export function PersonalInput({ value, onChange, masked, maxLength, rows, id }: Props) {
  const { t } = useTranslation('people');
  if (value === null)
    return (
      <span className="ac-row ac-erased">
        <span className="ac-muted">{t('form.erased')}</span>
        <Button size="small" onClick={() => onChange?.('')}>
          {t('form.keep')}
        </Button>
      </span>
    );
  const field = {
    id,
    value: value ?? '',
    maxLength,
    autoComplete: 'off',
    placeholder: masked || undefined,
    onChange: (e: { target: { value: string } }) => onChange?.(e.target.value),
  };
  const erase = masked && !value && (
    <Button type="link" size="small" className="ac-erase" onClick={() => onChange?.(null)}>
      {t('form.erase')}
    </Button>
  );
  return (
    <span className="ac-personal">
      {rows ? <Input.TextArea {...field} rows={rows} /> : <Input {...field} />}
      {erase}
    </span>
  );
}
