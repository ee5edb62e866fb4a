/** Who was told of a group, place by place. A place that refused stands out. */
import './told-list.css';
import type { GroupNotification } from '../../../../src/shapes/groups.ts';
import { tick } from '../../clock.ts';
import { instantText } from '../../words/instant.ts';
import { toldOf } from '../../words/told.ts';

const SIGNS: Readonly<Record<GroupNotification['state'], string>> = {
  sent: '✓',
  telling: '➤',
  'not yet': '…',
  refused: '✕',
  unknown: '?',
};

export interface ToldListProps {
  readonly receiver: string;
  readonly notifications: readonly GroupNotification[];
  readonly nextFlushAt: string | null;
}

export function ToldList({ receiver, notifications, nextFlushAt }: ToldListProps) {
  const told = toldOf(notifications, { nowMs: tick.value, nextFlushAt });
  return (
    <ul class="told-list" aria-label={`Told through ${receiver}`}>
      {told.map(({ places, state, words, message, at }) => (
        <li
          key={places}
          class={`told told-${state.replace(' ', '-')}`}
          title={at === null ? undefined : instantText(at)}
        >
          <span class="told-sign" aria-hidden="true">
            {SIGNS[state]}
          </span>
          <span>
            <b>{places}</b> {words}
            {message && <span class="told-message"> · {message}</span>}
          </span>
        </li>
      ))}
      {told.length === 0 && <li class="told">{receiver} tells nobody</li>}
    </ul>
  );
}
