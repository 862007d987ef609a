import type { ReactNode } from 'react';
import classes from './EmptyState.module.css';

export interface EmptyStateProps {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  /** Decoration. */
  picture?: ReactNode;
}

/** Nothing is here: says why and what to do next. */
export function EmptyState({ title, description, actions, picture }: EmptyStateProps) {
  return (
    <div className={classes.root}>
      {picture && (
        <div className={classes.picture} aria-hidden="true">
          {picture}
        </div>
      )}
      <h2>{title}</h2>
      {description && <div className={classes.description}>{description}</div>}
      {actions && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
