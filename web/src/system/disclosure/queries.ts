import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { Items } from '../../api/types';

type Two = { zh: string; en: string };
export type AlertKind =
  | 'bulk_viewing'
  | 'bulk_listing'
  | 'quota_reached'
  | 'break_glass'
  | 'watched_record'
  | 'export_waiting';
export type DataAlert = {
  id: string;
  kind: AlertKind;
  actor_id: string;
  actor_name: string;
  persons: number;
  reason: string;
  state: 'open' | 'settled';
  raised_at: string;
  last_at: string;
  settled_by_name: string;
  note: string;
  own: boolean;
};
export type Standing = {
  persons_per_day: number;
  rows_per_day: number;
  persons_day: number;
  rows_day: number;
  alert_persons_per_hour: number;
  extended_until: string | null;
};
export type Watched = { id: string; note: string; created_by: string; created_at: string };
export type ExportJob = {
  id: string;
  kind: 'people' | 'cases';
  plain: boolean;
  format: string;
  reason: string;
  persons: number;
  state: 'waiting' | 'approved' | 'refused';
  requested_by_name: string;
  requested_at: string;
  decided_by_name: string;
  decision: string;
  once: boolean;
  until: string | null;
  downloads: number;
};
export type Disclosure = {
  at: string;
  kind: 'viewed' | 'revealed' | 'found' | 'exported';
  actor_name: string;
  roles: Two[] | null;
  reason: string;
  plain: boolean;
  export: string;
};
export type RegisterField = {
  table: string;
  table_name: Two;
  column: string;
  name: Two;
  class: string;
  purpose: Two;
  basis: Two;
  retention: Two;
  plain: string[];
  masked: string[];
  sealed: boolean;
  note: Two;
};
export type Retention = {
  rules: Record<string, { while: Two; days: number; days_after: number }>;
  notice_days: number;
  today: string;
  endings: { on: string; category: string; count: number }[];
  holds: {
    id: string;
    person_id: string;
    reason: string;
    until_on: string;
    reviewer: string;
    set_by_name: string;
  }[];
  runs: { id: string; on: string; erased: number; pseudonyms: number; held: number; digest: string }[];
};
export type DataKeys = {
  keys: { id: string; master_id: string; current_from: string; current: boolean }[];
  rotations: {
    id: string;
    key_id: string;
    state: 'running' | 'retiring' | 'done';
    table: string;
    pass: number;
    resealed: number;
    left: number;
    started_by: string;
    started_at: string;
  }[];
};

export const alerts = (state?: 'open') =>
  queryOptions({
    queryKey: ['alert', state ?? 'all'],
    queryFn: ({ signal }) => api.get<{ items: DataAlert[]; open: number }>('/disclosure/alerts', { state }, signal),
    staleTime: 30_000,
    refetchInterval: 120_000,
  });
export const standing = () =>
  queryOptions({
    queryKey: ['alert', 'quota'],
    queryFn: ({ signal }) => api.get<Standing>('/disclosure/quota', undefined, signal),
  });
export const watched = () =>
  queryOptions({
    queryKey: ['alert', 'watched'],
    queryFn: ({ signal }) => api.get<Items<Watched>>('/disclosure/watched', undefined, signal),
  });
export const exportsOf = (waiting: boolean) =>
  queryOptions({
    queryKey: ['export', waiting],
    queryFn: ({ signal }) => api.get<Items<ExportJob>>('/exports', waiting ? { waiting } : undefined, signal),
  });
export const register = () =>
  queryOptions({
    queryKey: ['data-register'],
    queryFn: ({ signal }) => api.get<{ items: RegisterField[] }>('/data-register', undefined, signal),
    staleTime: 3_600_000,
  });
export const retention = (days: number) =>
  queryOptions({
    queryKey: ['person', 'retention', days],
    queryFn: ({ signal }) => api.get<Retention>('/retention', { days }, signal),
  });
export const keys = () =>
  queryOptions({
    queryKey: ['keys'],
    queryFn: ({ signal }) => api.get<DataKeys>('/keys', undefined, signal),
    refetchInterval: (q) => (q.state.data?.rotations.some((r) => r.state === 'running') ? 3_000 : false),
  });

/** How many people can be exported without a second person (policies/disclosure.yaml). */
export const DIRECT_EXPORT = 200;
