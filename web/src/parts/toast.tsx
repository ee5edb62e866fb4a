/** A short word at the edge of the page about what the reader just did. It goes by itself, and takes nobody's focus. */
import './toast.css';
import { signal } from '@preact/signals';
import { after } from '../clock.ts';

const SHOWN_MS = 5_000;

const toast = signal('');
let cancel: (() => void) | undefined;

export function showToast(text: string): void {
  cancel?.();
  toast.value = text;
  cancel = after(SHOWN_MS, () => {
    toast.value = '';
  });
}

/** Once in the frame. */
export function Toast() {
  return (
    <div class="toast-place" role="status">
      {toast.value && <p class="toast">{toast.value}</p>}
    </div>
  );
}
