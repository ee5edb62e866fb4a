/** Where it goes, what was told there so far, and what happens next and when. */
import './what-next.css';
import type { ExplainedDestination } from '../../../../src/shapes/alerts.ts';
import type { GroupNotification, GroupSummary } from '../../../../src/shapes/groups.ts';
import { tick } from '../../clock.ts';
import { Link } from '../../parts/link.tsx';
import { ageText } from '../../words/age.ts';
import { instantText, shortInstantText } from '../../words/instant.ts';
import { localTimes } from '../../words/local-times.ts';
import { placeNames } from '../../words/told.ts';
import { toldWords } from './told-words.ts';

export function Destinations({
  destinations,
  groups,
}: {
  readonly destinations: readonly ExplainedDestination[];
  readonly groups: readonly GroupSummary[];
}) {
  return (
    <section aria-labelledby="next-heading" class="what-next">
      <h2 id="next-heading">Where it goes, and what happens next</h2>
      {destinations.map((destination) => {
        const group = groups.find(({ id }) => id === destination.groupId);
        return (
          <article key={destination.groupKey} class="destination">
            <h3>
              {destination.receiver}{' '}
              {destination.exists ? (
                <Link to={`/groups/${encodeURIComponent(destination.groupId)}`}>the group</Link>
              ) : (
                <span class="muted">no group yet</span>
              )}
            </h3>
            <p class="destination-next">
              <strong>{localTimes(destination.next.what, tick.value)}</strong> <NextAt at={destination.next.at} />
            </p>
            {destination.mutedBy.length > 0 && (
              <p class="destination-held">Muted now by {destination.mutedBy.join(', ')}.</p>
            )}
            {group ? (
              <Told notifications={group.notifications} />
            ) : (
              <p class="muted">By {destination.integrations.join(', ') || 'nothing: this receiver tells nobody'}.</p>
            )}
            <p class="destination-rhythm">
              Grouped by {groupByWords(destination.groupBy)}; first told after {ageText(destination.groupWaitMs)},
              changes after {ageText(destination.groupIntervalMs)}, again after {ageText(destination.repeatIntervalMs)}.
            </p>
          </article>
        );
      })}
    </section>
  );
}

export function NextAt({ at }: { readonly at: string | null }) {
  if (at === null) return null;
  const leftMs = Date.parse(at) - tick.value;
  const when = leftMs > 0 ? `in ${ageText(leftMs)}` : 'now';
  return (
    <time dateTime={at} title={instantText(at)} class="next-at">
      {when} ({shortInstantText(at, tick.value)})
    </time>
  );
}

export function Told({ notifications }: { readonly notifications: readonly GroupNotification[] }) {
  if (notifications.length === 0) return <p class="muted">This receiver tells nobody.</p>;
  const names = placeNames(notifications);
  return (
    <ul class="told">
      {notifications.map((notification, index) => (
        <li
          key={`${notification.integration} ${notification.index}`}
          class={`told-${notification.state.replace(' ', '-')}`}
        >
          <ToldWords notification={notification} place={names[index] ?? notification.integration} />
        </li>
      ))}
    </ul>
  );
}

function ToldWords({ notification, place }: { readonly notification: GroupNotification; readonly place: string }) {
  const { shape, words } = toldWords(notification, tick.value);
  return (
    <>
      <span class="told-shape" aria-hidden="true">
        {shape}
      </span>
      <span>
        <strong>{place}</strong> <span title={notification.at ? instantText(notification.at) : ''}>{words}</span>
        {notification.message && <span class="told-message">{notification.message}</span>}
      </span>
    </>
  );
}

function groupByWords(groupBy: readonly string[]): string {
  if (groupBy.length === 0) return 'nothing: all in one';
  return groupBy[0] === '...' ? 'all labels' : groupBy.join(', ');
}
