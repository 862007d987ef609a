import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { routes } from '../routes';
import classes from './PageHeader.module.css';

export interface PageHeaderProps {
  title: string;
  /** Shows the way back to the list. */
  back?: boolean;
  /** The heading is a name, not words. */
  mono?: boolean;
  /** Beside the heading: health and the like. */
  beside?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
}

/** The heading of a screen; also the title of the document. */
export function PageHeader({ title, back, mono, beside, description, actions }: PageHeaderProps) {
  const { t } = useTranslation();
  const area = t('area');
  const documentTitle = title === area ? area : t('title', { screen: title });
  useEffect(() => {
    document.title = documentTitle;
  }, [documentTitle]);
  return (
    <header className={classes.root}>
      {back && (
        <Link href={routes.list} className={classes.back}>
          <span aria-hidden="true">←</span> {t('back')}
        </Link>
      )}
      <div className={classes.row}>
        <div className={classes.words}>
          <div className={classes.heading}>
            <h1 id="heading" tabIndex={-1} className={mono ? classes.mono : undefined}>
              {title}
            </h1>
            {beside}
          </div>
          {description && <div className={classes.description}>{description}</div>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
    </header>
  );
}

/** Gives the focus to the heading, where the reader starts after a screen or a row has gone. */
export function focusHeading(): void {
  document.getElementById('heading')?.focus();
}
