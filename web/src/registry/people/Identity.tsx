import { CheckOutlined, CopyOutlined, EyeOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../shared/PageHeader';
import { RevealButton, useReveal } from './reveal';
import type { Person, RevealField } from './types';
import { codeWord } from './words';

/** Facts that may be in the file and are shown in plain only. */
const MORE = ['second_phone', 'email', 'emergency_contact', 'vehicle', 'workplace_text', 'note'] as const;

/** In a type in which no digit is taken for another. */
const NUMBERS: ReadonlySet<RevealField> = new Set(['phone', 'second_phone', 'id_number', 'vehicle'] as const);

/** What names the person: masked, each field or all revealed for a reason. */
export function Identity({ p }: { p: Person }) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const { shown } = useReveal();
  const masked: Record<RevealField, string | undefined> = {
    name: p.name_masked,
    phone: p.phone_masked,
    id_number: p.id_masked,
    address: p.address_masked,
    second_phone: p.second_phone_masked,
    email: p.email_masked,
    emergency_contact: p.emergency_contact_masked,
    vehicle: p.vehicle_masked,
    workplace_text: p.workplace_text_masked,
    note: p.has_note ? '***' : undefined,
  };
  const more = MORE.filter((field) => masked[field] || shown?.[field]);
  const extra = Object.entries(shown?.extra ?? {}).filter(([, value]) => value !== '');
  const notes = Object.entries(shown?.care_notes ?? {}).filter(([, value]) => value);
  return (
    <Panel title={t('people:facts.identity')} tools={<RevealButton />}>
      <div className={shown ? 'ac-reveal' : undefined} data-private={shown ? true : undefined}>
        <dl className="ac-who">
          {(['name', 'phone', 'id_number', 'address', ...more] as RevealField[]).map((field) => (
            <Value
              key={field}
              field={field}
              label={field === 'id_number' && p.id_kind ? codeWord(t, 'idKind', p.id_kind) : t(`people:field.${field}`)}
              masked={masked[field]}
              plain={shown?.[field]}
            />
          ))}
          {notes.map(([need, value]) => (
            <Plain
              key={need}
              label={t('people:reveal.careNote', { need: codeWord(t, 'care', need) })}
              value={value ?? ''}
            />
          ))}
          {extra.map(([name, value]) => (
            <Plain key={name} label={name} value={value} />
          ))}
        </dl>
        {shown && <p className="ac-small">{t('people:reveal.recorded')}</p>}
      </div>
    </Panel>
  );
}

type ValueProps = { field: RevealField; label: string; masked: string | undefined; plain: string | undefined };
function Value({ field, label, masked, plain }: ValueProps) {
  const { t } = useTranslation('people');
  const { ask } = useReveal();
  return (
    <div>
      <dt className="ac-small ac-muted">{label}</dt>
      <dd>
        <span className={NUMBERS.has(field) ? 'ac-mono' : undefined}>{plain || masked || '–'}</span>
        {plain ? (
          <Copy text={plain} label={t('reveal.copy', { field: label })} />
        ) : (
          ask &&
          masked && (
            <Button
              type="text"
              size="small"
              className="ac-no-print"
              icon={<EyeOutlined aria-hidden />}
              aria-label={t('reveal.one', { field: label })}
              title={t('reveal.one', { field: label })}
              onClick={() => ask(field)}
            />
          )
        )}
      </dd>
    </div>
  );
}

function Plain({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt className="ac-small ac-muted">{label}</dt>
      <dd style={{ whiteSpace: 'pre-wrap' }}>{value}</dd>
    </div>
  );
}

function Copy({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation('shared');
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      setTimeout(() => setDone(false), 2000);
    } catch {
      // Over plain HTTP the clipboard may be closed; the text can be selected by hand.
      setDone(false);
    }
  };
  return (
    <>
      <Button
        type="text"
        size="small"
        icon={done ? <CheckOutlined aria-hidden /> : <CopyOutlined aria-hidden />}
        aria-label={label}
        title={label}
        onClick={() => void copy()}
      />
      <span className="ac-sr" role="status">
        {done && t('copied')}
      </span>
    </>
  );
}
