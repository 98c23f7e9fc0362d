import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { apiUrl } from '../api/client';

/** Which cached answers a change of each kind of record makes old. */
const touched: Record<string, string[]> = {
  case: ['case', 'situation', 'clearance', 'audit'],
  count: ['count', 'situation', 'clearance'],
  round: ['round', 'clearance'],
  import: ['import', 'case', 'situation', 'clearance'],
  incident: ['incident', 'phase', 'situation'],
  place: ['place', 'situation'],
  duplicate: ['duplicate'],
  address: ['address'],
  user: ['user'],
};

/** Keeps what is shown fresh: the server names what changed, the queries that show it are asked again (at most every 2 s). */
export function useLive() {
  const client = useQueryClient();
  useEffect(() => {
    const source = new EventSource(apiUrl('/events'));
    let due = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      const kinds = due;
      due = new Set();
      void client.invalidateQueries({ predicate: ({ queryKey }) => kinds.has(String(queryKey[0])) });
    };
    const add = (kinds: string[]) => {
      for (const kind of kinds) for (const key of touched[kind] ?? [kind]) due.add(key);
      timer ??= setTimeout(flush, 2000);
    };
    source.addEventListener('change', (e) => {
      try {
        add((JSON.parse((e as MessageEvent<string>).data) as { kinds?: string[] }).kinds ?? []);
      } catch {
        // An event that cannot be read only means that nothing is refreshed early.
      }
    });
    source.addEventListener('import', () => add(['import']));
    return () => {
      source.close();
      if (timer) clearTimeout(timer);
    };
  }, [client]);
}
