import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { q } from '../api/queries';
import { Entrance } from './Entrance';
import { SignInForm } from './SignInForm';

export function SignIn() {
  const { t } = useTranslation('app');
  const client = useQueryClient();
  return (
    <Entrance title={t('signIn.title')}>
      <SignInForm
        onSignedIn={(me) => client.setQueryData(q.me().queryKey, me)}
        extra={
          <p style={{ marginTop: 16 }}>
            <Link to="/first">{t('signIn.first')}</Link>
          </p>
        }
      />
    </Entrance>
  );
}
