/** The keys of the page, and the dialog that names them. They are not taken from whoever is typing. */
import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';

/** By the key as the browser names it. */
export type KeyActions = Readonly<Record<string, () => void>>;

const WORDS: readonly (readonly [key: string, words: string])[] = [
  ['/', 'to the filter'],
  ['j', 'to the next group'],
  ['k', 'to the one before'],
  ['Enter', 'unfold the group, or fold it'],
  ['s', 'silence the group'],
  ['?', 'these keys'],
];

export function Keys({ actions }: { readonly actions: KeyActions }) {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const action = event.key === '?' ? () => setOpen(true) : actions[event.key];
      if (action === undefined || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [actions]);
  return (
    <>
      <Button kind="quiet" class="now-keys" onClick={() => setOpen(true)}>
        Keys <kbd>?</kbd>
      </Button>
      <Dialog title="Keys" isOpen={isOpen} onClose={() => setOpen(false)}>
        <table>
          <tbody>
            {WORDS.map(([key, words]) => (
              <tr key={key}>
                <td>
                  <kbd>{key}</kbd>
                </td>
                <td>{words}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Dialog>
    </>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
