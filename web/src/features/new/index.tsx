import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../components/PageHeader';

export default function NewPage() {
  const { t } = useTranslation('add');
  return <PageHeader title={t('title')} />;
}
