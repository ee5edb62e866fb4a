/** A link within the UI: opened here without loading a page, and like any other link in a new tab. */
import type { ComponentChildren, LooseAnchorHTMLAttributes } from 'preact';
import type { Query } from '../api/query.ts';
import { go, link } from '../place.ts';

export interface LinkProps extends Omit<LooseAnchorHTMLAttributes, 'href' | 'role'> {
  /** From the root of the UI, such as `/silences/new`. */
  readonly to: string;
  readonly query?: Query;
  readonly children?: ComponentChildren;
}

export function Link({ to, query, children, ...rest }: LinkProps) {
  const open = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to, query);
  };
  return (
    <a {...rest} href={link(to, query)} onClick={open}>
      {children}
    </a>
  );
}
