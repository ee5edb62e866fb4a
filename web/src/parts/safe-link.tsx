/** A link somebody else wrote, in a label, an annotation or a configuration. What is no plain link is shown and not followed. */
import type { ComponentChildren } from 'preact';
import { safeHref } from '../words/safe-href.ts';

export function SafeLink({ href, children }: { readonly href: string; readonly children?: ComponentChildren }) {
  const safe = safeHref(href);
  if (safe === undefined) return <span class="unsafe-link">{children ?? href}</span>;
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer" title={href}>
      {children ?? href}
    </a>
  );
}
