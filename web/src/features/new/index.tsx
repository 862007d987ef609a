import '../../kit-form.css';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useConnectors } from '../../api/queries';
import { ErrorNotice } from '../../components/ErrorNotice';
import { PageHeader } from '../../components/PageHeader';
import { PageLoading } from '../../components/PageLoading';
import { useQueryState } from '../../routes';
import { NewForm } from './NewForm';
import { Returned } from './Registering';
import { forgetOperation, operationUnderWay } from './useSubmission';

/** Add a catalog. Who left while a registration ran finds it here again. */
export default function NewPage() {
  const { t } = useTranslation('add');
  const connectors = useConnectors();
  const [query] = useQueryState();
  const [returned, setReturned] = useState(() => (query.has('paste') ? null : operationUnderWay()));
  const [round, setRound] = useState(0);
  const another = () => {
    forgetOperation();
    setReturned(null);
    setRound((value) => value + 1);
  };
  return (
    <>
      <PageHeader title={t('title')} back description={t('intro')} />
      {returned && <Returned id={returned} another={another} />}
      {!returned && connectors.isPending && <PageLoading />}
      {!returned && connectors.isError && (
        <ErrorNotice error={connectors.error} title={t('connectorsFailed')} onRetry={() => void connectors.refetch()} />
      )}
      {!returned && connectors.data && (
        <NewForm key={round} connectors={connectors.data} paste={query.has('paste')} another={another} />
      )}
    </>
  );
}
