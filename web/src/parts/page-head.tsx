/** The top of a page: what it is, in a line what it tells, and what can be done with all of it. */
import './page-head.css';
import type { ComponentChildren } from 'preact';

export interface PageHeadProps {
  readonly title: string;
  /** In a line: how things are. It may change while the page is open. */
  readonly summary?: ComponentChildren;
  readonly children?: ComponentChildren;
}

export function PageHead({ title, summary, children }: PageHeadProps) {
  return (
    <header class="page-head">
      <div>
        <h1>{title}</h1>
        {/* There even while it is empty, so that nothing below moves. */}
        <p class="page-head-summary">{summary ?? '\u00a0'}</p>
      </div>
      {children && <div class="page-head-actions">{children}</div>}
    </header>
  );
}
