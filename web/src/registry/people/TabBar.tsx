import { type KeyboardEvent, type ReactNode, useId } from 'react';

type Props<K extends string> = {
  label: string;
  tabs: { key: K; label: string }[];
  chosen: K;
  onChoose: (key: K) => void;
  children: ReactNode;
};

/** Tabs that scroll sideways where there is no room; arrows, Home and End move between them. */
export function TabBar<K extends string>({ label, tabs, chosen, onChoose, children }: Props<K>) {
  const id = useId();
  const onKey = (e: KeyboardEvent<HTMLElement>) => {
    const at = tabs.findIndex((tab) => tab.key === chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    if (!next) return;
    onChoose(next.key);
    document.getElementById(`${id}-${next.key}`)?.focus();
  };
  return (
    <>
      <div role="tablist" aria-label={label} className="ac-tabs ac-no-print" onKeyDown={onKey}>
        {tabs.map((tab) => (
          <button
            type="button"
            key={tab.key}
            id={`${id}-${tab.key}`}
            role="tab"
            aria-selected={tab.key === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={tab.key === chosen ? 0 : -1}
            onClick={() => onChoose(tab.key)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen}`}>
        {children}
      </div>
    </>
  );
}
