import { DownOutlined, EnvironmentOutlined, RightOutlined, SearchOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Input, type InputRef, Popover } from 'antd';
import { type KeyboardEvent, useDeferredValue, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { q } from '../api/queries';
import type { Place, PlaceRow } from '../api/types';
import { useLang } from '../i18n';
import { nameIn } from './format';
import { isComposing, isEnter } from './keys';
import { ErrorState } from './states';

type Props = {
  value: string | undefined;
  onChange: (id: string, place: Place) => void;
  /** The trail is shown from this place down (the incident's place). */
  rootId?: string;
  label: string;
  /** `trail`: breadcrumb button of the top bar. `field`: looks like a form field. */
  variant?: 'trail' | 'field';
  id?: string;
  /** Shown instead of the name while nothing is chosen. */
  placeholder?: string;
};

/** Chooses a place by walking the tree or by searching; shows where it stands. */
export function PlacePicker({ value, onChange, rootId, label, variant = 'field', id, placeholder }: Props) {
  const { t } = useTranslation('shared');
  const lang = useLang();
  const [open, setOpen] = useState(false);
  const { data: place } = useQuery(q.place(value ?? ''));
  const ancestors = place?.ancestors ?? [];
  const from = Math.max(
    0,
    ancestors.findIndex((a) => a.id === rootId),
  );
  const trail = place ? [...ancestors.slice(from), place] : [];
  const text = trail.map((p) => nameIn(p, lang));
  const pick = (chosen: Place) => {
    setOpen(false);
    onChange(chosen.id, chosen);
  };
  const last = text[text.length - 1] ?? placeholder ?? t('place.choose');
  const above = text.slice(0, -1);
  return (
    <Popover
      trigger="click"
      placement="bottomLeft"
      open={open}
      onOpenChange={setOpen}
      arrow={false}
      destroyOnHidden
      content={<PlaceTree start={value || rootId || ''} onPick={pick} onClose={() => setOpen(false)} />}
    >
      <button
        type="button"
        id={id}
        className={variant === 'field' ? 'ac-chip ac-field' : 'ac-chip'}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={`${label}: ${text.join(' › ') || last}`}
        title={text.join(' › ')}
      >
        <EnvironmentOutlined aria-hidden />
        {above.length > 0 && <span className="ac-ellipsis ac-muted ac-trail-above">{above.join(' › ')} ›</span>}
        <span className="ac-ellipsis" style={{ fontWeight: place ? 500 : 400 }}>
          {last}
        </span>
        <DownOutlined aria-hidden style={{ marginLeft: 'auto' }} />
      </button>
    </Popover>
  );
}

function PlaceTree({ start, onPick, onClose }: { start: string; onPick: (place: Place) => void; onClose: () => void }) {
  const { t } = useTranslation(['shared', 'words']);
  const lang = useLang();
  const [at, setAt] = useState(start);
  const [text, setText] = useState('');
  const [row, setRow] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const input = useRef<InputRef>(null);
  // The popup is placed a few frames after it is drawn, and what is hidden can't take the focus.
  useEffect(() => {
    let frame = 0;
    let tries = 0;
    const focus = () => {
      input.current?.focus();
      if (document.activeElement !== input.current?.input && ++tries < 30) frame = requestAnimationFrame(focus);
    };
    focus();
    return () => cancelAnimationFrame(frame);
  }, []);
  const wanted = useDeferredValue(text.trim());
  const here = useQuery(q.place(at));
  const leaf = here.data?.children_count === 0 && here.data.parent_id ? here.data.parent_id : at;
  const children = useQuery(q.children(leaf));
  const found = useQuery(q.findPlaces(wanted));
  const top = useQuery({ ...q.children(''), queryKey: ['place', 'children', ''], enabled: at === '' });
  const source = wanted ? found : at === '' ? top : children;
  const rows: PlaceRow[] = source.data?.items ?? [];
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new list starts at its first row
  useEffect(() => setRow(0), [wanted, at]);
  useEffect(() => {
    list.current?.querySelectorAll('li')[row]?.scrollIntoView?.({ block: 'nearest' });
  }, [row]);

  function onKey(e: KeyboardEvent) {
    if (isComposing(e)) return;
    if (e.key === 'ArrowDown') setRow((r) => Math.min(r + 1, rows.length - 1));
    else if (e.key === 'ArrowUp') setRow((r) => Math.max(r - 1, 0));
    else if (e.key === 'Escape') onClose();
    else if (isEnter(e) && rows[row]) onPick(rows[row]);
    else if (e.key === 'ArrowRight' && text === '' && rows[row]?.children_count) setAt(rows[row].id);
    else if (e.key === 'ArrowLeft' && text === '' && here.data?.parent_id) setAt(here.data.parent_id);
    else return;
    e.preventDefault();
  }
  const trail = here.data ? [...here.data.ancestors, here.data] : [];
  return (
    <div className="ac-place-tree">
      <Input
        ref={input}
        allowClear
        prefix={<SearchOutlined aria-hidden />}
        value={text}
        placeholder={t('shared:place.search')}
        aria-label={t('shared:place.search')}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={onKey}
      />
      {!wanted && here.data && (
        <div className="ac-place-here">
          <div className="ac-trail ac-small">
            {trail.slice(0, -1).map((p) => (
              <span key={p.id}>
                <button type="button" className="ac-link-button" onClick={() => setAt(p.id)}>
                  {nameIn(p, lang)}
                </button>{' '}
                ›
              </span>
            ))}
          </div>
          <div className="ac-row-between">
            <span>
              <strong>{nameIn(here.data, lang)}</strong>{' '}
              <span className="ac-small ac-faint">{t(`words:level.${here.data.level}`)}</span>
            </span>
            <Button size="small" type="primary" onClick={() => here.data && onPick(here.data)}>
              {t('shared:place.here')}
            </Button>
          </div>
        </div>
      )}
      {source.isError ? (
        <ErrorState error={source.error} retry={() => source.refetch()} />
      ) : (
        <ul ref={list} aria-label={t('shared:place.under')}>
          {rows.map((p, i) => (
            <li key={p.id} data-current={i === row || undefined}>
              <button type="button" className="ac-place-row" onClick={() => onPick(p)} onMouseMove={() => setRow(i)}>
                <span className="ac-ellipsis">{nameIn(p, lang)}</span>
                <span className="ac-ellipsis ac-small ac-faint">
                  {wanted ? p.ancestors : t(`words:level.${p.level}`)}
                </span>
              </button>
              {p.children_count > 0 && !wanted && (
                <Button
                  type="text"
                  size="small"
                  icon={<RightOutlined />}
                  aria-label={`${t('shared:place.open')}: ${p.name}`}
                  onClick={() => setAt(p.id)}
                />
              )}
            </li>
          ))}
          {rows.length === 0 && !source.isFetching && (
            <li className="ac-muted" style={{ padding: 8 }}>
              {t(wanted ? 'shared:place.notFound' : 'shared:place.noChildren')}
            </li>
          )}
        </ul>
      )}
    </div>
  );
}
