import type { FieldError, ProblemBody } from './types';

/** A refused or failed request. `code` is stable and is what the interface translates. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly params: Record<string, unknown>;
  readonly fields: FieldError[];

  constructor(body: ProblemBody) {
    super(body.detail || body.title || body.code);
    this.name = 'Problem';
    this.status = body.status;
    this.code = body.code;
    this.detail = body.detail ?? body.title ?? '';
    this.requestId = body.request_id ?? '';
    this.params = body.params ?? {};
    this.fields = body.errors ?? [];
  }
}

/** The server could not be reached: nothing is known about whether it acted. */
export const OFFLINE = 'client.offline';

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem({
    status: 0,
    code: 'client.unexpected',
    detail: error instanceof Error ? error.message : String(error),
  });
}

const byStatus: Record<number, string> = {
  400: 'client.bad_request',
  401: 'session.required',
  403: 'client.forbidden',
  404: 'client.not_found',
  409: 'client.conflict',
  413: 'client.too_large',
  429: 'client.too_many',
  502: 'client.unavailable',
  503: 'client.unavailable',
  504: 'client.unavailable',
};

/** Reads an error answer, whatever stood between the browser and the server wrote it. */
export async function problemOf(response: Response): Promise<Problem> {
  const fallback = byStatus[response.status] ?? (response.status >= 500 ? 'client.server' : 'client.unexpected');
  const requestId = response.headers.get('X-Request-Id') ?? undefined;
  const type = response.headers.get('Content-Type') ?? '';
  if (!type.includes('json')) return new Problem({ status: response.status, code: fallback, request_id: requestId });
  try {
    const body = (await response.json()) as Partial<ProblemBody>;
    return new Problem({ request_id: requestId, ...body, status: response.status, code: body.code || fallback });
  } catch {
    return new Problem({ status: response.status, code: fallback, request_id: requestId });
  }
}
