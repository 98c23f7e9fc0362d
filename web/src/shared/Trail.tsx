import { useTranslation } from 'react-i18next';

/** Where something stands, from the top down: 松川市 › 江北区 › … */
export function Trail({ parts, onGo }: { parts: { id: string; name: string }[]; onGo?: (id: string) => void }) {
  const { t } = useTranslation('shared');
  return (
    <ol className="ac-trail" aria-label={t('trail')}>
      {parts.map((part, i) => (
        <li key={part.id}>
          {i > 0 && <span aria-hidden>›</span>}
          {onGo && i < parts.length - 1 ? (
            <button type="button" className="ac-link-button" onClick={() => onGo(part.id)}>
              {part.name}
            </button>
          ) : (
            <span>{part.name}</span>
          )}
        </li>
      ))}
    </ol>
  );
}
