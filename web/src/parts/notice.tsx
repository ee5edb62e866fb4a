/** Something the reader should know: an error, a warning, or that there is nothing. Errors are spoken by a screen reader. */
import './notice.css';
import type { ComponentChildren } from 'preact';

export interface NoticeProps {
  readonly kind: 'error' | 'warning' | 'info' | 'empty';
  readonly title?: string;
  readonly children?: ComponentChildren;
}

export function Notice({ kind, title, children }: NoticeProps) {
  return (
    <div class={`notice notice-${kind}`} role={kind === 'error' ? 'alert' : undefined}>
      {title && <p class="notice-title">{title}</p>}
      {children && <div>{children}</div>}
    </div>
  );
}
