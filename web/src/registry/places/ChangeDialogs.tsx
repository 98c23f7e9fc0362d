import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Checkbox, Form, Input, Select, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { Place } from '../../api/types';
import { useLang } from '../../i18n';
import { FormDrawer } from '../../shared/FormDrawer';
import { nameIn } from '../../shared/format';
import { PlacePicker } from '../../shared/PlacePicker';
import { ChangeForm } from './ChangeForm';
import type { ChangeKind, PlaceFile } from './types';

type Props = { p: PlaceFile; onDone: () => void };

/** The side panel in which the tree is changed at one place. */
export function ChangeDrawer({ p, kind, onDone }: Props & { kind: ChangeKind | undefined }) {
  const { t } = useTranslation('places');
  const lang = useLang();
  return (
    <FormDrawer
      open={kind !== undefined}
      onClose={onDone}
      size={520}
      title={kind && t(`change.title.${kind}`, { name: nameIn(p, lang) || p.code })}
    >
      {kind === 'rename' && <Rename p={p} onDone={onDone} />}
      {kind === 'move' && <Move p={p} onDone={onDone} />}
      {kind === 'merge' && <Merge p={p} onDone={onDone} />}
      {kind === 'split' && <Split p={p} onDone={onDone} />}
      {(kind === 'retire' || kind === 'reopen') && (
        <ChangeForm p={p} kind={kind} plan={{ kind }} ready body={() => ({})} onDone={onDone} />
      )}
    </FormDrawer>
  );
}

function Rename({ p, onDone }: Props) {
  const { t } = useTranslation('places');
  const [names, setNames] = useState({ name: p.name, name_en: p.name_en, code: p.code });
  const changed = names.name !== p.name || names.name_en !== p.name_en || names.code !== p.code;
  const field = (key: keyof typeof names, label: string, max: number) => (
    <Form.Item label={label} htmlFor={`rename-${key}`}>
      <Input
        id={`rename-${key}`}
        value={names[key]}
        maxLength={max}
        onChange={(e) => setNames({ ...names, [key]: e.target.value })}
      />
    </Form.Item>
  );
  return (
    <ChangeForm
      p={p}
      kind="rename"
      plan={{ kind: 'rename' }}
      ready={changed && names.name.trim() !== ''}
      body={() => ({ name: names.name.trim(), name_en: names.name_en.trim(), code: names.code.trim() })}
      onDone={onDone}
    >
      {field('name', t('name'), 200)}
      {field('name_en', t('nameEn'), 200)}
      {field('code', t('code'), 100)}
    </ChangeForm>
  );
}

function Move({ p, onDone }: Props) {
  const { t } = useTranslation('places');
  const lang = useLang();
  const [parent, setParent] = useState<string>();
  const now = p.ancestors.at(-1);
  return (
    <ChangeForm
      p={p}
      kind="move"
      plan={{ kind: 'move', parent_id: parent }}
      ready={parent !== undefined && parent !== p.parent_id}
      body={() => ({ parent_id: parent })}
      onDone={onDone}
    >
      <p>
        <span className="ac-muted">{t('change.nowBelow')} </span>
        <strong>{now ? nameIn(now, lang) : t('parentNone')}</strong>
      </p>
      <Form.Item label={t('change.newParent')}>
        <PlacePicker
          value={parent}
          rootId={p.parent_id ?? undefined}
          label={t('change.newParent')}
          placeholder={t('change.choose')}
          onChange={(id) => setParent(id)}
        />
      </Form.Item>
    </ChangeForm>
  );
}

function Merge({ p, onDone }: Props) {
  const { t } = useTranslation('places');
  const { t: words } = useTranslation('words');
  const lang = useLang();
  const [others, setOthers] = useState<Place[]>([]);
  const [wrong, setWrong] = useState(false);
  const add = (place: Place) => {
    const fits = place.level === p.level && place.id !== p.id;
    setWrong(!fits);
    if (fits && !others.some((o) => o.id === place.id)) setOthers([...others, place]);
  };
  const ids = others.map((o) => o.id);
  return (
    <ChangeForm
      p={p}
      kind="merge"
      plan={{ kind: 'merge', others: ids }}
      ready={ids.length > 0}
      body={() => ({ others: ids })}
      onDone={onDone}
    >
      <Form.Item
        label={t('change.others')}
        validateStatus={wrong ? 'error' : undefined}
        help={wrong ? t('change.sameLevel', { level: words(`level.${p.level}`) }) : undefined}
      >
        <div className="ac-stack">
          {others.length > 0 && (
            <div className="ac-row">
              {others.map((o) => (
                <Tag key={o.id} closable onClose={() => setOthers(others.filter((x) => x.id !== o.id))}>
                  {nameIn(o, lang) || o.code}
                </Tag>
              ))}
            </div>
          )}
          <PlacePicker
            value={undefined}
            rootId={p.parent_id ?? undefined}
            label={t('change.others')}
            placeholder={t('change.choose')}
            onChange={(_, place) => add(place)}
          />
        </div>
      </Form.Item>
    </ChangeForm>
  );
}

type Part = { name: string; children: string[] };

function Split({ p, onDone }: Props) {
  const { t } = useTranslation('places');
  const lang = useLang();
  const children = useQuery({ ...q.children(p.id), enabled: p.children_count > 0 });
  const [parts, setParts] = useState<Part[]>([{ name: '', children: [] }]);
  const rows = children.data?.items ?? [];
  const partOf = (id: string) => parts.findIndex((part) => part.children.includes(id));
  const assign = (id: string, to: number) =>
    setParts(
      parts.map((part, i) => {
        const without = part.children.filter((c) => c !== id);
        return { ...part, children: i === to ? [...without, id] : without };
      }),
    );
  const rename = (i: number, name: string) => setParts(parts.map((part, j) => (i === j ? { ...part, name } : part)));
  const options = [
    { value: -1, label: t('change.stays', { name: nameIn(p, lang) }) },
    ...parts.map((part, i) => ({ value: i, label: part.name.trim() || t('change.part', { n: i + 1 }) })),
  ];
  return (
    <ChangeForm
      p={p}
      kind="split"
      plan={{ kind: 'split', children: parts.flatMap((part) => part.children) }}
      ready={parts.every((part) => part.name.trim() !== '')}
      body={() => ({ parts: parts.map((part) => ({ name: part.name.trim(), children: part.children })) })}
      onDone={onDone}
    >
      <Form.Item label={t('change.parts')}>
        <div className="ac-stack">
          {parts.map((part, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other identity until they are made
            <div className="ac-row" key={i}>
              <Input
                value={part.name}
                maxLength={200}
                aria-label={t('change.part', { n: i + 1 })}
                placeholder={t('change.partName', { n: i + 1 })}
                onChange={(e) => rename(i, e.target.value)}
                style={{ flex: 1 }}
              />
              {parts.length > 1 && (
                <Button
                  icon={<DeleteOutlined aria-hidden />}
                  aria-label={t('change.dropPart', { n: i + 1 })}
                  onClick={() => setParts(parts.filter((_, j) => j !== i))}
                />
              )}
            </div>
          ))}
          <Button
            icon={<PlusOutlined aria-hidden />}
            disabled={parts.length >= 20}
            onClick={() => setParts([...parts, { name: '', children: [] }])}
          >
            {t('change.addPart')}
          </Button>
        </div>
      </Form.Item>
      {rows.length > 0 && (
        <Form.Item label={t('change.assign')} extra={t('change.peopleStay')}>
          {parts.length === 1 ? (
            <Checkbox.Group
              className="ac-change-children"
              value={parts[0]?.children ?? []}
              onChange={(ids) => setParts([{ name: parts[0]?.name ?? '', children: ids as string[] }])}
              options={rows.map((c) => ({ value: c.id, label: nameIn(c, lang) || c.code }))}
            />
          ) : (
            <ul className="ac-change-children">
              {rows.map((c) => (
                <li key={c.id} className="ac-row-between">
                  <span>{nameIn(c, lang) || c.code}</span>
                  <Select
                    size="small"
                    aria-label={nameIn(c, lang) || c.code}
                    value={partOf(c.id)}
                    options={options}
                    onChange={(to) => assign(c.id, to)}
                    style={{ width: 180 }}
                  />
                </li>
              ))}
            </ul>
          )}
        </Form.Item>
      )}
    </ChangeForm>
  );
}
