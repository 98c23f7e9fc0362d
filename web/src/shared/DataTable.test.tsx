import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
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
afterEach(() => {
  cleanup();
});
beforeEach(() => localStorage.clear());

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

const many: Row[] = Array.from({ length: 100_000 }, (_, i) => ({ id: `r${i}`, name: `Row ${i}` }));
const drawn = () => screen.getAllByRole('row').length - 1;

describe('a long list', () => {
  it('draws some dozen of 100,000 rows, and says how many there are', () => {
    show({ rows: many, total: 100_000 });
    expect(drawn()).toBeLessThan(200);
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('100001');
  });
  it('draws a short list whole', () => {
    show({ rows: many.slice(0, 80) });
    expect(drawn()).toBe(80);
  });
  it('asks for the next page when the row with the focus comes near the end', () => {
    const onMore = vi.fn();
    const row = show({ rows: many.slice(0, 80), total: 1000, onMore });
    fireEvent.keyDown(row('Row 0'), { key: 'End' });
    expect(onMore).toHaveBeenCalled();
  });
});

describe('selecting', () => {
  it('takes all rows up to here with Shift x', () => {
    const onSelect = vi.fn();
    const row = show({ selected: [], onSelect });
    fireEvent.keyDown(row('Anna'), { key: 'x' });
    fireEvent.keyDown(row('Chen'), { key: 'X', shiftKey: true });
    expect(onSelect).toHaveBeenLastCalledWith(['a', 'b', 'c']);
  });
  it('offers all results once every loaded row is selected', () => {
    const onAllResults = vi.fn();
    show({
      selected: ['a', 'b', 'c'],
      onSelect: vi.fn(),
      total: 500,
      onAllResults,
      bulk: <button type="button">Do</button>,
    });
    fireEvent.click(screen.getByRole('button', { name: '选择全部 500 条结果' }));
    expect(onAllResults).toHaveBeenCalledWith(true);
  });
  it('shows what can be done only while rows are selected', () => {
    show({ selected: [], onSelect: vi.fn(), bulk: <button type="button">Do</button> });
    expect(screen.queryByRole('button', { name: 'Do' })).toBeNull();
  });
});

describe('columns', () => {
  const wide = [
    { key: 'name', title: 'Name', render: (r: Row) => r.name, always: true },
    { key: 'id', title: 'Key', render: (r: Row) => r.id },
  ];
  it('are moved, hidden and frozen by button, and stay so', () => {
    show({ columns: wide });
    fireEvent.click(screen.getByRole('button', { name: /列$/ }));
    fireEvent.click(screen.getByRole('button', { name: '前移: Key' }));
    expect(screen.getAllByRole('columnheader').map((h) => h.textContent)).toEqual(['Key', 'Name']);
    cleanup();
    show({ columns: wide });
    expect(screen.getAllByRole('columnheader').map((h) => h.textContent)).toEqual(['Key', 'Name']);
  });
});
