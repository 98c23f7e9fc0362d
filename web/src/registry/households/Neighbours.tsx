import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Loading } from '../../app/Loading';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatNumber } from '../../shared/format';
import { Panel } from '../../shared/PageHeader';
import { ErrorState } from '../../shared/states';
import { CareTags } from '../people/Marks';
import { peopleQuery } from '../people/queries';
import type { HouseholdRow } from '../people/types';

const SHOWN = 60;

/** The other doors of the unit, by floor: whom one meets on the stairs. */
export function Neighbours({ placeId, unitId }: { placeId: string; unitId: string | undefined }) {
  const { t } = useTranslation('people');
  const lang = useLang();
  const can = useCan();
  const doors = useQuery({
    ...peopleQuery.doors(unitId ?? '', SHOWN),
    enabled: !!unitId && can('people.household.list'),
  });
  if (!unitId || !can('people.household.list')) return null;
  const others = (doors.data?.items ?? []).filter((d) => d.place_id !== placeId);
  const more = (doors.data?.total ?? 0) > SHOWN;
  return (
    <Panel title={t('door.neighbours')}>
      {doors.isError ? (
        <ErrorState error={doors.error} retry={() => doors.refetch()} />
      ) : !doors.data ? (
        <Loading />
      ) : others.length === 0 ? (
        <p className="ac-muted">{t('door.neighboursNone')}</p>
      ) : (
        <>
          <ul className="ac-doors">
            {others.map((d) => (
              <DoorCard key={d.place_id} d={d} />
            ))}
          </ul>
          {more && (
            <p className="ac-small ac-muted">
              {t('door.neighboursMore', {
                shown: formatNumber(SHOWN, lang),
                total: formatNumber(doors.data.total, lang),
              })}
            </p>
          )}
        </>
      )}
    </Panel>
  );
}

function DoorCard({ d }: { d: HouseholdRow }) {
  const { t } = useTranslation('people');
  const facts = [
    t('door.size', { count: d.size }),
    d.elderly > 0 && t('door.elderly', { count: d.elderly }),
    d.minors > 0 && t('door.minors', { count: d.minors }),
  ].filter(Boolean);
  return (
    <li>
      <Link
        to="/households/$placeId"
        params={{ placeId: d.place_id }}
        search={(s) => ({ incident: s.incident, place: s.place })}
      >
        <span className="ac-row-between">
          <strong>{d.place_name}</strong>
          {d.floor > 0 && <span className="ac-small ac-faint">{t('door.floor', { floor: d.floor })}</span>}
        </span>
        <span className="ac-small ac-muted">{facts.join(' · ')}</span>
        <CareTags care={d.care} most={2} />
      </Link>
    </li>
  );
}
