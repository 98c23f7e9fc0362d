import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '../../app/session';
import type { PeopleFilters } from '../people/filters';
import { BulkDialog } from './BulkDialog';
import { selectionOf } from './bulk';

type Props = {
  ids: string[];
  all: boolean;
  total: number | undefined;
  filters: PeopleFilters;
  placeId: string;
  onDone: () => void;
};

/** The button of the bulk bar that changes the selected people together. */
export function BulkChange({ ids, all, total, filters, placeId, onDone }: Props) {
  const { t } = useTranslation('bulk');
  const can = useCan();
  const [open, setOpen] = useState(false);
  // "Changed since" is no filter of a change: what it shows moves while the change runs.
  if (!can('people.bulk.start') || (all && filters.updated_since)) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('open')}</Button>
      {open && (
        <BulkDialog
          selection={selectionOf(ids, all, filters, placeId)}
          count={all ? (total ?? 0) : ids.length}
          onClose={() => setOpen(false)}
          onDone={() => {
            setOpen(false);
            onDone();
          }}
        />
      )}
    </>
  );
}
