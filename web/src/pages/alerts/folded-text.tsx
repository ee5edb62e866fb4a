/** A stranger's text of any length: the beginning at once, all of it when asked for. */
import { useState } from 'preact/hooks';
import { TextWithLinks } from '../../parts/text-with-links.tsx';

const SHOWN_CHARACTERS = 280;
const SHOWN_LINES = 8;

export function FoldedText({ text }: { readonly text: string }) {
  const [isOpen, setOpen] = useState(false);
  const beginning = text.split('\n').slice(0, SHOWN_LINES).join('\n').slice(0, SHOWN_CHARACTERS);
  // Nothing is gained by hiding a few words.
  const isLong = text.length > beginning.length + 40;
  if (!isLong) return <TextWithLinks text={text} />;
  return (
    <>
      <TextWithLinks text={isOpen ? text : `${beginning} …`} />{' '}
      <button type="button" class="fold-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Less' : `All ${text.length} characters`}
      </button>
    </>
  );
}
