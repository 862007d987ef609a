import { type ReactNode, useEffect, useState } from 'react';
import classes from './form.module.css';

/** Folded away until it is asked for, or until something in it is wrong. */
export function Fold({ title, note, wanted, children }: { title: string; note?: string; wanted: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(wanted);
  useEffect(() => {
    if (wanted) setOpen(true);
  }, [wanted]);
  return (
    <details className={classes.fold} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={classes.summary}>
        <span>{title}</span>
        {note && <span className={classes.note}>{note}</span>}
      </summary>
      <div className={classes.fields}>{children}</div>
    </details>
  );
}
