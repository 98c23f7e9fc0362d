import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { asProblem, type Problem } from './problem';

type Texts = TFunction<['problem']>;

const byKind: Record<number, string> = {
  400: 'client.bad_request',
  403: 'client.forbidden',
  404: 'client.not_found',
  409: 'client.conflict',
  413: 'client.too_large',
  422: 'client.bad_request',
  429: 'client.too_many',
  503: 'client.unavailable',
};

/** The sentence for an error: translated by code, else by status with the server's own words added. */
export function messageOf(error: unknown, t: Texts): string {
  const problem = asProblem(error);
  const known = lookUp(problem.code, problem, t);
  if (known) return known;
  const general =
    lookUp(byKind[problem.status] ?? (problem.status >= 500 ? 'client.server' : 'client.unexpected'), problem, t) ??
    problem.code;
  return problem.status < 500 && problem.detail ? `${general} (${problem.detail})` : general;
}

function lookUp(code: string, problem: Problem, t: Texts): string | undefined {
  // Codes arrive from the server, so the typed key list cannot know them.
  const text = (t as unknown as (key: string, options: object) => string)(code, {
    ns: 'problem',
    ...problem.params,
    defaultValue: '',
  });
  return typeof text === 'string' && text !== '' ? text : undefined;
}

export function fieldMessage(code: string, t: Texts, fallback?: string): string {
  const last = code.split('.').pop() ?? code;
  const text = (t as unknown as (key: string, options: object) => string)(`field.${last}`, {
    ns: 'problem',
    defaultValue: '',
  });
  return text || fallback || code;
}

/** Turns errors into sentences of the current language. */
export function useMessage() {
  const { t } = useTranslation(['problem']);
  return (error: unknown) => messageOf(error, t);
}
