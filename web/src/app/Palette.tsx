import { LoadingOutlined } from '@ant-design/icons';
import { Input, type InputRef, Modal } from 'antd';
import { type KeyboardEvent, useCallback, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMessage } from '../api/message';
import { SEARCH_FROM } from '../registry/people/queries';
import { useDebounced } from '../shared/debounce';
import { isComposing, isEnter } from '../shared/keys';
import { type Hit, type Hits, useHits } from './palette/hits';
import { stepped } from './palette/ranking';
import { remember, useRecent } from './palette/recent';
import { useCan } from './session';

/** With the server's answer this stays below 300 ms, and a quick typist asks once. */
const DEBOUNCE_MS = 80;

type Props = { open: boolean; onClose: () => void; onSheet: () => void };

/** One search for people, cases, places, pages and deeds; everything by keyboard. */
export function Palette({ open, onClose, onSheet }: Props) {
  const { t } = useTranslation('app');
  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      closable={false}
      width={640}
      style={{ top: 72 }}
      styles={{ container: { padding: 0 }, body: { padding: 0 }, header: { display: 'none' } }}
      destroyOnHidden
      title={t('palette.title')}
    >
      <Search onClose={onClose} onSheet={onSheet} />
    </Modal>
  );
}

/** The text as typed, and as it is searched: not while an input method is composing, and not at every key. */
function useText() {
  const [text, setText] = useState('');
  const [composing, setComposing] = useState(false);
  const [stood, setStood] = useState('');
  useEffect(() => {
    if (!composing) setStood(text.trim());
  }, [text, composing]);
  return { text, setText, setComposing, typed: stood, wanted: useDebounced(stood, DEBOUNCE_MS) };
}

function Search({ onClose, onSheet }: Omit<Props, 'open'>) {
  const { t } = useTranslation('app');
  const { text, setText, setComposing, typed, wanted } = useText();
  const input = useRef<InputRef>(null);
  const listId = useId();
  const found = useHits(typed, wanted, onSheet);
  const recent = useRecent();
  const hits = typed === '' ? [...recent, ...found.hits.filter((h) => !recent.some((r) => r.id === h.id))] : found.hits;
  const { current, point, step } = usePointer(hits, typed);
  const act = useCallback(
    (hit: Hit, other = false) => {
      onClose();
      if (hit.group !== 'actions') remember(hit);
      (other && hit.other ? hit.other : hit.go)();
    },
    [onClose],
  );
  const enter = useEnter(hits[current], found, act);
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

  function onKey(e: KeyboardEvent) {
    if (isComposing(e)) return;
    if (e.key === 'ArrowDown') step(1);
    else if (e.key === 'ArrowUp') step(-1);
    else if (isEnter(e)) enter(e.shiftKey);
    else return;
    e.preventDefault();
  }
  return (
    <>
      <Input
        ref={input}
        size="large"
        variant="borderless"
        value={text}
        placeholder={t('palette.placeholder')}
        aria-label={t('palette.title')}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={hits[current] ? `${listId}-${hits[current].id}` : undefined}
        autoComplete="off"
        spellCheck={false}
        suffix={found.pending ? <LoadingOutlined aria-hidden /> : <span />}
        onChange={(e) => setText(e.target.value)}
        onCompositionStart={() => setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
        onKeyDown={onKey}
        style={{ padding: '14px 16px' }}
      />
      <HitList id={listId} hits={hits} current={current} onPoint={point} onPick={act} />
      <Notes typed={typed} found={found} none={hits.length === 0} />
      <div className="ac-dt-foot ac-desk-only">{t('palette.keys')}</div>
    </>
  );
}

/** The row that Enter opens: the first, until the person chooses another; that one is kept while others arrive. */
function usePointer(hits: Hit[], typed: string) {
  const [chosen, setChosen] = useState<string | undefined>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text is another list
  useEffect(() => setChosen(undefined), [typed]);
  const at = chosen === undefined ? 0 : hits.findIndex((h) => h.id === chosen);
  const current = Math.min(Math.max(0, at), hits.length - 1);
  return {
    current,
    point: (i: number) => setChosen(hits[i]?.id),
    step: (by: number) => setChosen(hits[stepped(current, by, hits.length)]?.id),
  };
}

/** Enter on a row of an older text waits for the answer to the newer one, so that nobody opens the wrong file. */
function useEnter(hit: Hit | undefined, found: Hits, act: (hit: Hit, other?: boolean) => void) {
  const [asked, setAsked] = useState<{ other: boolean } | undefined>();
  const ready = hit !== undefined && !hit.stale && (hit.sure === true || !found.pending);
  useEffect(() => {
    if (!asked) return;
    if (ready && hit) act(hit, asked.other);
    if (ready || !found.pending) setAsked(undefined);
  }, [asked, ready, hit, found.pending, act]);
  return (other: boolean) => {
    if (ready && hit) act(hit, other);
    else if (found.pending) setAsked({ other });
    else found.lookUp?.();
  };
}

type ListProps = {
  id: string;
  hits: Hit[];
  current: number;
  onPoint: (i: number) => void;
  onPick: (hit: Hit, other?: boolean) => void;
};
function HitList({ id, hits, current, onPoint, onPick }: ListProps) {
  const { t } = useTranslation('app');
  useEffect(() => {
    const hit = hits[current];
    if (hit) document.getElementById(`${id}-${hit.id}`)?.scrollIntoView?.({ block: 'nearest' });
  }, [current, hits, id]);
  return (
    <div
      id={id}
      role="listbox"
      aria-label={t('palette.title')}
      className="ac-palette"
      data-empty={hits.length === 0 || undefined}
    >
      {hits.map((hit, i) => (
        <div key={hit.id} style={{ display: 'contents' }}>
          {hit.group !== hits[i - 1]?.group && (
            <div className="ac-palette-group" role="presentation">
              {t(`palette.${hit.group}`)}
            </div>
          )}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above owns the keys, options are pointed at by aria-activedescendant */}
          {/* biome-ignore lint/a11y/useFocusableInteractive: see above */}
          <div
            id={`${id}-${hit.id}`}
            role="option"
            aria-selected={i === current}
            className="ac-palette-hit"
            data-group={hit.group}
            data-stale={hit.stale || undefined}
            onMouseMove={() => i !== current && onPoint(i)}
            onClick={(e) => onPick(hit, e.shiftKey)}
          >
            <span className="ac-ellipsis">{hit.label}</span>
            {hit.hint && (
              <span className="ac-ellipsis ac-small ac-faint ac-palette-hint">
                <bdi>{hit.hint}</bdi>
              </span>
            )}
          </div>
        </div>
      ))}
    </div>
  );
}

/** What the list cannot say: why somebody is not in it, and what to do. */
function Notes({ typed, found, none }: { typed: string; found: Hits; none: boolean }) {
  const { t } = useTranslation('app');
  const can = useCan();
  const message = useMessage();
  const people = can('people.person.search');
  const short = people && typed !== '' && [...typed].length < SEARCH_FROM;
  return (
    <div className="ac-palette-notes" role="status">
      {found.failed.map(({ group, error }) => (
        <p key={group} data-tone="bad">
          {t('palette.failed', { group: t(`palette.${group}`), message: message(error) })}
        </p>
      ))}
      {found.lookUp && <p>{t('palette.lookUp')}</p>}
      {short && <p>{t('palette.short', { count: SEARCH_FROM })}</p>}
      {none && !found.pending && !short && !found.lookUp && typed !== '' && (
        <p>{t(people ? 'palette.nothing' : 'palette.nothingNoPeople')}</p>
      )}
    </div>
  );
}
