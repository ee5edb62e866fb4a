/** A button; what looks like one and goes somewhere is a ButtonLink. */
import './button.css';
import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';
import { Link, type LinkProps } from './link.tsx';

export type ButtonKind = 'plain' | 'primary' | 'danger' | 'quiet';

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type' | 'disabled'> {
  readonly kind?: ButtonKind;
  readonly type?: 'button' | 'submit';
  readonly disabled?: boolean;
  readonly children?: ComponentChildren;
}

export function Button({ kind = 'plain', type = 'button', class: classes = '', children, ...rest }: ButtonProps) {
  return (
    <button {...rest} type={type} class={`button button-${kind} ${String(classes)}`.trim()}>
      {children}
    </button>
  );
}

export function ButtonLink({
  kind = 'plain',
  class: classes = '',
  children,
  ...rest
}: LinkProps & { readonly kind?: ButtonKind }) {
  return (
    <Link {...rest} class={`button button-${kind} ${String(classes)}`.trim()}>
      {children}
    </Link>
  );
}
