/** A stranger's text, whose web addresses can be followed. Line breaks stay. */
import { textParts } from '../words/safe-href.ts';
import { SafeLink } from './safe-link.tsx';

export function TextWithLinks({ text }: { readonly text: string }) {
  return (
    <span class="text-with-links">
      {textParts(text).map(({ text: part, href }) =>
        href === undefined ? part : <SafeLink href={href}>{part}</SafeLink>,
      )}
    </span>
  );
}
