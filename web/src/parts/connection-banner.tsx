/**
 * Says in plain words that the page is not of now any more, since when, and where else to look. It lies over the page's edge,
 * on a phone over the upper one, so that nothing moves when it comes, and goes by itself.
 */
import './connection-banner.css';
import { useEffect } from 'preact/hooks';
import type { ClusterAnswer } from '../../../src/shapes/cluster.ts';
import { useAnswer } from '../api/answer.ts';
import { connection, lastHeardMs } from '../api/live.ts';
import { serverNow } from '../clock.ts';
import { path, query } from '../place.ts';
import { shortInstantText } from '../words/instant.ts';
import { otherMembers } from './other-members.ts';

export function ConnectionBanner() {
  // Asked for while the node answers: when it does not, it is too late.
  const { answer } = useAnswer<ClusterAnswer>('api/v3/cluster', {}, ['cluster']);
  const isLost = connection.value === 'lost';
  useEffect(() => {
    document.documentElement.classList.toggle('is-stale', isLost);
  }, [isLost]);
  return (
    <div class="connection-place" role="alert">
      {isLost && (
        <div class="connection-banner">
          <p>
            <strong>
              This node does not answer
              {lastHeardMs.value > 0 && ` since ${shortInstantText(lastHeardMs.value, serverNow())}`}.
            </strong>{' '}
            What you see is from then.
          </p>
          <OtherMembers answer={answer} />
        </div>
      )}
    </div>
  );
}

function OtherMembers({ answer }: { readonly answer: ClusterAnswer | undefined }) {
  const others = otherMembers(answer, `${path.value}${query.value.size > 0 ? `?${query.value}` : ''}`);
  if (others.length === 0) return null;
  return (
    <p>
      Look at{' '}
      {others.map(({ name, href }, index) => (
        <>
          {index > 0 && ', '}
          <a href={href}>{name}</a>
        </>
      ))}
    </p>
  );
}
