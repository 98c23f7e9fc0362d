import { Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlaceLevel as Level } from '../../api/types';
import { PlacePicker } from '../../shared/PlacePicker';
import { likelyLevel, likelyName, MADE_LEVELS } from './levels';
import type { Match, NewPlace } from './types';

type Props = { match: Match; placeId: string; onClose: () => void; onCreate: (place: NewPlace) => void };

/** Makes the place that a text names, below a place that is chosen. */
export function CreateHere({ match, placeId, onClose, onCreate }: Props) {
  const { t } = useTranslation(['addresses', 'words']);
  const [parent, setParent] = useState(
    match.candidates[0]?.missed?.length ? match.candidates[0].place_id : match.within_id || placeId,
  );
  const [level, setLevel] = useState<Level>(likelyLevel(match));
  const [name, setName] = useState(likelyName(match.text));
  return (
    <Modal
      open
      title={t('addresses:createTitle')}
      okText={t('addresses:createOk')}
      okButtonProps={{ disabled: !name.trim() }}
      onCancel={onClose}
      onOk={() => onCreate({ parent_id: parent, level, name: name.trim() })}
    >
      <div className="ac-adr-form">
        <label htmlFor="adr-name">{t('addresses:name')}</label>
        <Input id="adr-name" value={name} maxLength={200} onChange={(e) => setName(e.target.value)} />
        <label htmlFor="adr-level">{t('addresses:level')}</label>
        <Select
          id="adr-level"
          value={level}
          onChange={setLevel}
          options={MADE_LEVELS.map((value) => ({ value, label: t(`words:level.${value}`) }))}
        />
        <label htmlFor="adr-parent">{t('addresses:parent')}</label>
        <PlacePicker id="adr-parent" value={parent} label={t('addresses:parent')} onChange={(id) => setParent(id)} />
        <p className="ac-small ac-muted">{t('addresses:createHint')}</p>
      </div>
    </Modal>
  );
}
