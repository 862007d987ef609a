import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { base } from '../../api/client';
import { useConnectors } from '../../api/queries';
import type { Connector } from '../../api/types';
import { CopyButton } from '../../components/CopyButton';
import { EmptyState } from '../../components/EmptyState';
import { curlExample } from '../../lib/curlExample';
import { locale } from '../../lib/time';
import { routes } from '../../routes';

/** One source of each of these kinds stands for all. */
const shown: Connector['category'][] = ['relational', 'lakehouse', 'warehouse'];

const Picture = () => (
  <svg width="72" height="56" viewBox="0 0 72 56" fill="none" stroke="currentColor" strokeWidth="1.6">
    <g opacity="0.35">
      <ellipse cx="14" cy="20" rx="9" ry="3.6" />
      <path d="M5 20v14c0 2 4 3.6 9 3.6s9-1.6 9-3.6V20M5 27c0 2 4 3.6 9 3.6s9-1.6 9-3.6" />
      <ellipse cx="58" cy="20" rx="9" ry="3.6" />
      <path d="M49 20v14c0 2 4 3.6 9 3.6s9-1.6 9-3.6V20M49 27c0 2 4 3.6 9 3.6s9-1.6 9-3.6" />
    </g>
    <ellipse cx="36" cy="14" rx="13" ry="5" />
    <path d="M23 14v24c0 2.8 5.8 5 13 5s13-2.2 13-5V14M23 26c0 2.8 5.8 5 13 5s13-2.2 13-5" />
    <path d="M36 48v6M33 51h6" strokeLinecap="round" />
  </svg>
);

/** The first thing a new installation shows. */
export function ListEmpty() {
  const { t, i18n } = useTranslation('list');
  const { data: connectors } = useConnectors();
  const titles = shown.flatMap((category) => connectors?.find((each) => each.category === category)?.title ?? []);
  const examples = new Intl.ListFormat(locale(i18n.language), { type: 'unit' }).format(titles);
  const others = (connectors?.length ?? 0) - titles.length;
  return (
    <EmptyState
      picture={<Picture />}
      title={t('emptyTitle')}
      description={
        titles.length > 0 && others > 0 ? t('emptyBody', { examples, count: others }) : t('emptyBodyPlain')
      }
      actions={
        <>
          <Button component={Link} href={routes.new}>
            {t('add')}
          </Button>
          <Button variant="default" component={Link} href={routes.newFromUrl}>
            {t('pasteUrl')}
          </Button>
          <CopyButton label={t('copyCurl')} text={() => curlExample(connectors?.[0], base())} />
        </>
      }
    />
  );
}
