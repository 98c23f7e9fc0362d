import { useQuery } from '@tanstack/react-query';
import { useCan } from '../../app/session';
import { alerts } from './queries';

/** How many alerts are open, beside the entry in the rail. */
export function AlertBadge() {
  const can = useCan();
  return can('disclosure.alert.view') ? <Count /> : null;
}

function Count() {
  const { data } = useQuery(alerts('open'));
  if (!data?.open) return null;
  return (
    <span className="ac-tag" data-tone="bad" style={{ marginLeft: 'auto' }}>
      {data.open > 99 ? '99+' : data.open}
    </span>
  );
}
