import { DownOutlined, StarFilled, TeamOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Dropdown, type MenuProps } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMessage } from '../../api/message';
import { SaveViewDialog } from './SaveViewDialog';
import { type Filters, filtersOf, queryOf, type SavedView, shownView, viewQuery } from './savedViews';

type Props = {
  /** Name of the list, as in its address: `people`, `cases`. */
  list: string;
  /** What the address says now. */
  filters: Filters;
  /** Puts filters into the address; a key that is undefined is taken out. */
  onApply: (filters: Filters) => void;
};

/** Lists under a name: choose one, save the filters of now, share them, open the list with one. */
export function SavedViews({ list, filters, onApply }: Props) {
  const { t } = useTranslation(['views', 'shared']);
  const views = useQuery(viewQuery.of(list)).data?.items ?? [];
  const [dialog, setDialog] = useState<'new' | SavedView>();
  const shown = shownView(views, filters);
  useOpening(views, filters, onApply);
  const acts = useActs(list);

  const own = views.filter((v) => v.mine);
  const theirs = views.filter((v) => !v.mine);
  const item = (v: SavedView) => ({
    key: v.id,
    label: <ViewName view={v} />,
    onClick: () => onApply(filtersOf(v, filters)),
  });
  const nothingSet = queryOf(filters) === '';
  const items: MenuProps['items'] = [
    ...(own.length > 0 ? [{ type: 'group' as const, label: t('views:mine'), children: own.map(item) }] : []),
    ...(theirs.length > 0 ? [{ type: 'group' as const, label: t('views:shared'), children: theirs.map(item) }] : []),
    ...(views.length > 0 ? [{ type: 'divider' as const }] : []),
    {
      key: 'save',
      label: nothingSet ? t('views:saveNothing') : t('views:save'),
      disabled: nothingSet,
      onClick: () => setDialog('new'),
    },
    ...(shown?.mine ? [{ key: 'edit', label: t('views:edit'), onClick: () => setDialog(shown) }] : []),
    ...(shown
      ? [
          {
            key: 'default',
            label: shown.default ? t('views:noDefault') : t('views:makeDefault'),
            onClick: () => void acts.openWith(shown.default ? undefined : shown),
          },
        ]
      : []),
    ...(shown?.mine
      ? [{ key: 'delete', danger: true, label: t('views:delete'), onClick: () => void acts.remove(shown) }]
      : []),
  ];
  return (
    <>
      <Dropdown menu={{ items }} trigger={['click']}>
        <Button aria-haspopup="menu">
          {shown ? <ViewName view={shown} /> : t('views:title')} <DownOutlined aria-hidden />
        </Button>
      </Dropdown>
      {dialog && (
        <SaveViewDialog
          list={list}
          query={queryOf(filters)}
          view={dialog === 'new' ? undefined : dialog}
          onClose={() => setDialog(undefined)}
        />
      )}
    </>
  );
}

function ViewName({ view }: { view: SavedView }) {
  const { t } = useTranslation('views');
  return (
    <>
      {view.default && <StarFilled aria-label={t('isDefault')} style={{ marginInlineEnd: 4 }} />}
      {view.name}
      {view.shared && (
        <span className="ac-muted" style={{ marginInlineStart: 6 }}>
          <TeamOutlined aria-hidden /> {view.mine ? t('sharedByMe') : view.owner_name}
        </span>
      )}
    </>
  );
}

/** A list that is opened plain, from the menu, opens with its default view, once. */
function useOpening(views: SavedView[], filters: Filters, onApply: (filters: Filters) => void) {
  const done = useRef(false);
  const chosen = views.find((v) => v.default);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the first arrival of the views counts
  useEffect(() => {
    if (done.current || views.length === 0) return;
    done.current = true;
    if (chosen && queryOf(filters) === '' && !filters.q) onApply(filtersOf(chosen, filters));
  }, [views.length]);
}

function useActs(list: string) {
  const { t } = useTranslation(['views', 'shared']);
  const { message, modal } = App.useApp();
  const sentence = useMessage();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ['view', list] });
  const attempt = async (deed: () => Promise<unknown>, said: string) => {
    try {
      await deed();
      void message.success(said);
    } catch (error) {
      void message.error(sentence(error));
    }
    await refresh();
  };
  return {
    openWith: (view: SavedView | undefined) =>
      attempt(
        () => api.put(`/view-defaults/${list}`, view ? { view_id: view.id } : {}),
        view ? t('views:opensWith', { name: view.name }) : t('views:opensPlain'),
      ),
    remove: async (view: SavedView) => {
      const sure = await modal.confirm({
        title: t('views:deleteTitle', { name: view.name }),
        content: view.shared ? t('views:deleteShared') : t('views:deleteText'),
        okText: t('views:delete'),
        okButtonProps: { danger: true },
        cancelText: t('shared:cancel'),
      });
      if (sure) await attempt(() => api.delete(`/views/${view.id}`, { ifMatch: view.version }), t('views:deleted'));
    },
  };
}
