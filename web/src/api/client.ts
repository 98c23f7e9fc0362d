import { OFFLINE, Problem, problemOf } from './problem';
import { noteReach } from './reach';
import { isGuarded, signedInAgain } from './session';

const BASE = '/api/v1';

type Scalar = string | number | boolean | null | undefined;
export type Query = Record<string, Scalar | Scalar[]>;
export type Options = {
  query?: Query;
  /** One key per form open: sending the same form twice makes one record. */
  idempotencyKey?: string;
  /** The version that was read; the server refuses (409 `conflict.stale`) when someone saved since. */
  ifMatch?: number;
  signal?: AbortSignal;
};

/** The address of an API resource, for links, downloads and tiles. Empty values are left out; lists are comma-separated. */
export function apiUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    const text = Array.isArray(value) ? value.filter((v) => v != null && v !== '').join(',') : value;
    if (text !== undefined && text !== null && text !== '') search.set(key, String(text));
  }
  const tail = search.toString();
  return BASE + path + (tail ? `?${tail}` : '');
}

export function newIdempotencyKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  // randomUUID needs a secure context; a city intranet may serve plain HTTP.
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = ((b[6] ?? 0) & 0x0f) | 0x40;
  b[8] = ((b[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function headersFor(body: unknown, options: Options): Headers {
  const headers = new Headers({ Accept: 'application/json' });
  if (body !== undefined && !(body instanceof FormData)) headers.set('Content-Type', 'application/json');
  if (options.idempotencyKey) headers.set('Idempotency-Key', options.idempotencyKey);
  if (options.ifMatch !== undefined) headers.set('If-Match', `"${options.ifMatch}"`);
  return headers;
}

async function send(method: string, path: string, body: unknown, options: Options): Promise<Response> {
  try {
    const response = await fetch(apiUrl(path, options.query), {
      method,
      headers: headersFor(body, options),
      body: body === undefined ? undefined : body instanceof FormData ? body : JSON.stringify(body),
      credentials: 'same-origin',
      signal: options.signal,
    });
    noteReach(true);
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    noteReach(false);
    throw new Problem({ status: 0, code: OFFLINE });
  }
}

async function request<T>(method: string, path: string, body: unknown, options: Options): Promise<T> {
  for (;;) {
    const response = await send(method, path, body, options);
    if (response.ok) {
      if (response.status === 204 || response.headers.get('Content-Length') === '0') return undefined as T;
      const text = await response.text();
      return (text ? JSON.parse(text) : undefined) as T;
    }
    const problem = await problemOf(response);
    const ended = problem.status === 401 && problem.code === 'session.required' && isGuarded();
    if (!ended || !(await signedInAgain())) throw problem;
  }
}

/** The one way to the server. Paths are relative to /api/v1. Every failure is a [Problem]. */
export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => request<T>('GET', path, undefined, { query, signal }),
  post: <T>(path: string, body?: unknown, options: Options = {}) => request<T>('POST', path, body ?? {}, options),
  upload: <T>(path: string, form: FormData, options: Options = {}) => request<T>('POST', path, form, options),
  put: <T>(path: string, body: unknown, options: Options = {}) => request<T>('PUT', path, body, options),
  patch: <T>(path: string, body: unknown, options: Options = {}) => request<T>('PATCH', path, body, options),
  delete: <T = void>(path: string, options: Options = {}) => request<T>('DELETE', path, undefined, options),
};
