import { useEffect, useRef } from 'react';
import classes from './ErrorSummary.module.css';

export interface SummaryError {
  /** The DOM id of the control to go to. */
  id: string;
  message: string;
}

/** Everything that is wrong with a form. Takes the focus when the errors change; its links lead to the fields. */
export function ErrorSummary({ title, errors }: { title: string; errors: SummaryError[] }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (errors.length > 0) root.current?.focus();
  }, [errors]);
  if (errors.length === 0) return null;
  return (
    <div ref={root} className={classes.root} role="alert" tabIndex={-1} aria-labelledby="error-summary">
      <h2 id="error-summary" className={classes.title}>
        {title}
      </h2>
      <ul className={classes.list}>
        {errors.map((error) => (
          <li key={`${error.id} ${error.message}`}>
            <button
              type="button"
              className={classes.link}
              onClick={() => {
                const field = document.getElementById(error.id);
                field?.scrollIntoView({ block: 'center' });
                field?.focus({ preventScroll: true });
              }}
            >
              {error.message}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
