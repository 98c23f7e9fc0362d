import { useQueryClient } from '@tanstack/react-query';
import { Modal } from 'antd';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { q } from '../api/queries';
import { onSessionChange, resumeSession, sessionEnded } from '../api/session';
import { SignInForm } from './SignInForm';
import { useSignOut } from './session';

/** Lies over the page when the session ended; afterwards the waiting requests go on and nothing typed is lost. */
export function SignInAgain({ username }: { username: string }) {
  const { t } = useTranslation('app');
  const client = useQueryClient();
  const ended = useSyncExternalStore(onSessionChange, sessionEnded);
  const signOut = useSignOut();
  return (
    <Modal
      open={ended}
      title={t('signIn.again')}
      footer={null}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      destroyOnHidden
      width={420}
    >
      <p className="ac-muted" style={{ marginBottom: 16 }}>
        {t('signIn.againHint')}
      </p>
      <SignInForm
        username={username}
        onSignedIn={(me) => {
          client.setQueryData(q.me().queryKey, me);
          resumeSession(true);
        }}
        extra={
          <p style={{ marginTop: 16 }}>
            <button
              type="button"
              className="ac-link-button"
              onClick={() => {
                resumeSession(false);
                void signOut();
              }}
            >
              {t('signIn.leave')}
            </button>
          </p>
        }
      />
    </Modal>
  );
}
