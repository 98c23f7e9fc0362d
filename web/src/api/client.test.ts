import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { api, apiUrl, newIdempotencyKey } from './client';
import { OFFLINE, Problem } from './problem';
import { guardSession, resumeSession, sessionEnded } from './session';

type Call = { url: string; init: RequestInit };
let calls: Call[] = [];
let answers: (() => Response)[] = [];

const json = (status: number, body: unknown) => () =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json' },
  });

beforeEach(() => {
  calls = [];
  answers = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    calls.push({ url, init });
    const next = answers.shift();
    if (!next) throw new TypeError('no network');
    return next();
  });
});
afterEach(() => {
  resumeSession(false);
  guardSession(false);
  vi.unstubAllGlobals();
});

describe('requests', () => {
  it('leave empty parameters out and join lists', () => {
    expect(
      apiUrl('/cases', { q: '', place_id: 'p', classification: ['confirmed', 'asymptomatic'], on: undefined }),
    ).toBe('/api/v1/cases?place_id=p&classification=confirmed%2Casymptomatic');
  });
  it('carry the key and the version', async () => {
    answers = [json(200, { id: '1' })];
    await api.put('/rounds', { number: 1 }, { idempotencyKey: 'k', ifMatch: 3 });
    const headers = calls[0]?.init.headers as Headers;
    expect([headers.get('Idempotency-Key'), headers.get('If-Match')]).toEqual(['k', '"3"']);
  });
  it('make keys that differ', () => {
    expect(newIdempotencyKey()).not.toBe(newIdempotencyKey());
  });
});

describe('failures', () => {
  it('become problems with code and fields', async () => {
    answers = [
      json(422, { status: 422, code: 'lab.invalid_round', errors: [{ field: 'sampled', code: 'out_of_range' }] }),
    ];
    const problem = await api.put('/rounds', {}).catch((e: unknown) => e);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({
      status: 422,
      code: 'lab.invalid_round',
      fields: [{ field: 'sampled', code: 'out_of_range' }],
    });
  });
  it('that did not come from the server itself get a code by their status', async () => {
    answers = [
      () => new Response('<html>Bad gateway</html>', { status: 502, headers: { 'Content-Type': 'text/html' } }),
    ];
    await expect(api.get('/incidents')).rejects.toMatchObject({ code: 'client.unavailable' });
  });
  it('of the network are told apart from refusals', async () => {
    await expect(api.get('/incidents')).rejects.toMatchObject({ code: OFFLINE, status: 0 });
  });
});

describe('an ended session', () => {
  const ended = json(401, { status: 401, code: 'session.required' });

  it('waits for the person and sends the same request again', async () => {
    guardSession(true);
    answers = [ended, json(200, { ok: true })];
    const waiting = api.post('/incidents', { name: 'x' }, { idempotencyKey: 'same' });
    await vi.waitFor(() => expect(sessionEnded()).toBe(true));
    resumeSession(true);
    await expect(waiting).resolves.toEqual({ ok: true });
    expect(calls.map((c) => (c.init.headers as Headers).get('Idempotency-Key'))).toEqual(['same', 'same']);
    expect(calls[1]?.init.body).toBe(calls[0]?.init.body);
  });
  it('is an error when the person leaves', async () => {
    guardSession(true);
    answers = [ended];
    const waiting = api.get('/incidents');
    await vi.waitFor(() => expect(sessionEnded()).toBe(true));
    resumeSession(false);
    await expect(waiting).rejects.toMatchObject({ code: 'session.required' });
  });
  it('before anyone signed in is an ordinary error, so that the sign-in page can show', async () => {
    answers = [ended];
    await expect(api.get('/session')).rejects.toMatchObject({ status: 401 });
    expect(sessionEnded()).toBe(false);
  });
});
