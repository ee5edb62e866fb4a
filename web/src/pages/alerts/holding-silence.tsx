/** A silence that is only known by its id, as people know it: by its comment, who made it, and how long it still lasts. */
import type { SilenceAnswer } from '../../../../src/shapes/silences.ts';
import { useAnswer } from '../../api/answer.ts';
import { tick } from '../../clock.ts';
import { Link } from '../../parts/link.tsx';
import { instantText } from '../../words/instant.ts';
import { whenWords } from '../silences/silence-words.ts';

export function HoldingSilence({ id }: { readonly id: string }) {
  const path = `/silences/${encodeURIComponent(id)}`;
  const { answer } = useAnswer<SilenceAnswer>(`api/v3${path}`, {}, ['silences']);
  const silence = answer?.silence;
  if (silence === undefined) return <Link to={path}>silence {id.slice(0, 8)}</Link>;
  return (
    <>
      by {silence.createdBy || 'nobody named'}:{' '}
      <Link to={path}>{silence.comment || 'a silence without a comment'}</Link>,{' '}
      <span title={instantText(silence.endsAt)}>{whenWords(silence, tick.value)}</span>
    </>
  );
}
