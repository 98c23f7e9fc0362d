import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import zh from '../i18n/zh';
import { DataTable } from './DataTable';

beforeAll(async () => {
  // antd asks for what happy-dom lacks.
  window.matchMedia ??= (() => ({
    matches: false,
    addListener() {},
    removeListener() {},
    addEventListener() {},
    removeEventListener() {},
  })) as never;
  await i18next
    .use(initReactI18next)
    .init({ lng: 'zh', ns: Object.keys(zh), defaultNS: 'app', resources: { zh }, react: { useSuspense: false } });
});
afterEach(cleanup);

type Row = { id: string; name: string };
const rows: Row[] = [
  { id: 'a', name: 'Anna' },
  { id: 'b', name: 'Bo' },
  { id: 'c', name: 'Chen' },
];
const columns = [{ key: 'name', title: 'Name', render: (r: Row) => r.name, sort: true as const }];

function show(extra: Partial<Parameters<typeof DataTable<Row>>[0]> = {}) {
  render(
    <DataTable<Row> id="test" columns={columns} rows={rows} rowKey={(r) => r.id} rowLabel={(r) => r.name} {...extra} />,
  );
  return (name: string) => screen.getByRole('row', { name });
}

describe('rows by keyboard', () => {
  it('open with Enter, not with an Enter that confirms characters', () => {
    const onOpen = vi.fn();
    const row = show({ onOpen });
    fireEvent.keyDown(row('Bo'), { key: 'Enter', isComposing: true });
    expect(onOpen).not.toHaveBeenCalled();
    fireEvent.keyDown(row('Bo'), { key: 'Enter' });
    expect(onOpen).toHaveBeenCalledWith(rows[1]);
  });
  it('are selected and released with x', () => {
    const onSelect = vi.fn();
    const row = show({ selected: ['a'], onSelect });
    fireEvent.keyDown(row('Bo'), { key: 'x' });
    expect(onSelect).toHaveBeenLastCalledWith(['a', 'b']);
    fireEvent.keyDown(row('Anna'), { key: 'x' });
    expect(onSelect).toHaveBeenLastCalledWith([]);
  });
  it('offer one stop to the Tab key', () => {
    const row = show();
    expect(['Anna', 'Bo', 'Chen'].map((n) => row(n).tabIndex)).toEqual([0, -1, -1]);
  });
});

describe('a table that shows a part', () => {
  it('says how many there are in all, and loads more', () => {
    const onMore = vi.fn();
    show({ total: 120, onMore });
    expect(screen.getByText('已载入 3 条，共 120 条')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: '载入更多' }));
    expect(onMore).toHaveBeenCalledOnce();
  });
});
