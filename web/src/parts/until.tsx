/** How long it takes until then, counted down by the node's clock; the instant itself is the tooltip. */
import { tick } from '../clock.ts';
import { ageText } from '../words/age.ts';
import { instantText } from '../words/instant.ts';

export function Until({ at }: { readonly at: string }) {
  const ms = Date.parse(at);
  return (
    <time class="age" dateTime={at} title={instantText(at)}>
      {Number.isNaN(ms) ? at : ageText(ms - tick.value)}
    </time>
  );
}
