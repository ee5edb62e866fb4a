/** Messages that members say they are sending right now. */
import { ageText } from '../../words/age.ts';
import type { RunningCluster } from './member-state.ts';
import { memberName } from './topology.ts';

const MOST_SHOWN = 20;

export function OpenClaims({ cluster: { claims, members } }: { readonly cluster: RunningCluster }) {
  const nameOf = (id: string) => memberName(members.find((member) => member.id === id) ?? { id, name: null });
  const shown = claims.open.slice(0, MOST_SHOWN);
  return (
    <section class="page-part" aria-labelledby="cluster-claims">
      <h2 id="cluster-claims">Being sent now</h2>
      {claims.total === 0 ? (
        <p class="muted">Nobody is sending anything at this moment.</p>
      ) : (
        <ul class="claims panel">
          {shown.map(({ groupKey, receiver, integration, member, agoMs, leftMs }) => (
            <li key={`${groupKey} ${receiver} ${integration} ${member}`}>
              <strong>{nameOf(member)}</strong>
              {` tells ${receiver} by ${integration}, for ${ageText(agoMs)}, at most ${ageText(leftMs)} more`}
              <code>{groupKey}</code>
            </li>
          ))}
          {claims.total > shown.length && <li class="muted">{`and ${claims.total - shown.length} more`}</li>}
        </ul>
      )}
    </section>
  );
}
