import classes from './CodeBlock.module.css';
import { CopyButton } from './CopyButton';

/** A text to copy into a terminal or an editor. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  return (
    <figure className={classes.root}>
      <figcaption className={classes.caption}>
        <span>{label}</span>
        <CopyButton text={code} size="compact-xs" />
      </figcaption>
      {/* It scrolls by itself, so the keyboard has to reach it. */}
      <pre className={classes.code} tabIndex={0} aria-label={label}>
        {code}
      </pre>
    </figure>
  );
}
