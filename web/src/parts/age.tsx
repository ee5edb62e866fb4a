/** How long ago, counted on by the node's clock; the instant itself is the tooltip. */
import { tick } from '../clock.ts';
import { ageText } from '../words/age.ts';
import { instantText } from '../words/instant.ts';

export interface AgeProps {
  readonly since: string;
  /** Words around the age, such as `before="for "`. */
  readonly before?: string;
  readonly after?: string;
}

export function Age({ since, before = '', after = '' }: AgeProps) {
  const ms = Date.parse(since);
  return (
    <time class="age" dateTime={since} title={instantText(since)}>
      {Number.isNaN(ms) ? since : `${before}${ageText(tick.value - ms)}${after}`}
    </time>
  );
}
