/** Puts a text on the clipboard and says so. */
import { Button, type ButtonKind } from './button.tsx';
import { showToast } from './toast.tsx';

export interface CopyButtonProps {
  readonly text: string | (() => string);
  /** What it says, and what is said after: `Copy link`. */
  readonly label: string;
  readonly kind?: ButtonKind;
}

export function CopyButton({ text, label, kind = 'plain' }: CopyButtonProps) {
  const copy = async () => {
    const copied = typeof text === 'string' ? text : text();
    try {
      await navigator.clipboard.writeText(copied);
      showToast('Copied');
    } catch {
      // Browsers have no clipboard for pages without TLS.
      showToast(copyOldWay(copied) ? 'Copied' : `This browser does not let it be copied: ${copied}`);
    }
  };
  return (
    <Button kind={kind} onClick={() => void copy()}>
      {label}
    </Button>
  );
}

function copyOldWay(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'off-screen';
  document.body.append(area);
  area.select();
  try {
    return document.execCommand('copy');
  } finally {
    area.remove();
  }
}
