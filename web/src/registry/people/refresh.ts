import type { QueryClient } from '@tanstack/react-query';

/** What a change to a person makes old. */
const KINDS = ['person', 'audit', 'place'];

export function refreshPeople(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ predicate: ({ queryKey }) => KINDS.includes(String(queryKey[0])) });
}
