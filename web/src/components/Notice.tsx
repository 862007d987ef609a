import type { ReactNode } from 'react';
import classes from './Notice.module.css';

export interface NoticeProps {
  tone: 'info' | 'ok' | 'warn' | 'bad';
  title?: string;
  children?: ReactNode;
  action?: ReactNode;
  /** Announced when it appears: "alert" for what stops the reader, "status" for the rest. */
  role?: 'alert' | 'status';
}

const marks = { info: 'i', ok: '✓', warn: '!', bad: '✕' } as const;

/** A box with something to know, and at most one thing to do about it. */
export function Notice({ tone, title, children, action, role }: NoticeProps) {
  return (
    <div className={classes.root} data-tone={tone} role={role}>
      <span className={classes.mark} aria-hidden="true">
        {marks[tone]}
      </span>
      <div className={classes.words}>
        {title && <p className={classes.title}>{title}</p>}
        {children && <div className={classes.body}>{children}</div>}
      </div>
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}
