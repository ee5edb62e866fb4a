/** One receiver: each channel of it with its last success and failure, over all nodes, and node by node when asked. */
import type { IntegrationHealth, ReceiverHealth } from '../../../../src/shapes/receivers.ts';
import { tick } from '../../clock.ts';
import { Age } from '../../parts/age.tsx';
import { Button } from '../../parts/button.tsx';
import { StateBadge, type StateTone } from '../../parts/state-badge.tsx';
import { countOf } from '../../words/counted.ts';
import { instantText } from '../../words/instant.ts';
import { placeNames } from '../../words/told.ts';
import {
  integrationState,
  integrationSummary,
  latencyWords,
  nodeState,
  queueWords,
  type ReceiverState,
  receiverState,
} from './receiver-state.ts';

export const STATE_TONES: Readonly<Record<ReceiverState, StateTone>> = {
  failing: 'bad',
  'left alone': 'warning',
  waiting: 'warning',
  good: 'good',
  'not used yet': 'quiet',
};

export interface ReceiverCardProps {
  readonly receiver: ReceiverHealth;
  readonly onTest: () => void;
}

export function ReceiverCard({ receiver, onTest }: ReceiverCardProps) {
  const { name, routes, groups, integrations } = receiver;
  const state = receiverState(receiver, tick.value);
  const places = placeNames(integrations);
  return (
    <article class={`receiver panel receiver-${STATE_TONES[state]}`}>
      <header>
        <div>
          <h2>{name}</h2>
          <p class="muted">
            {`${routes === 0 ? 'no route leads here' : countOf(routes, 'route')}, ${countOf(groups, 'group')} now`}
          </p>
        </div>
        <StateBadge tone={STATE_TONES[state]} word={state} />
        <Button onClick={onTest} aria-label={`Test ${name} …`} disabled={integrations.length === 0}>
          Test …
        </Button>
      </header>
      {integrations.length === 0 && (
        <p class="muted">It has no channel: what is routed here is told to nobody. That may be meant so.</p>
      )}
      {integrations.map((integration, index) => (
        <Integration
          key={`${integration.integration} ${integration.index}`}
          integration={integration}
          place={places[index] ?? integration.integration}
        />
      ))}
    </article>
  );
}

interface IntegrationProps {
  readonly integration: ReceiverHealth['integrations'][number];
  /** What it is called among the receiver's. */
  readonly place: string;
}

function Integration({ integration, place }: IntegrationProps) {
  const state = integrationState(integration, tick.value);
  const { lastSentAt, lastFailedAt, lastError, latencyMs, waiting, underWay, sent, failed } = integrationSummary(
    integration.nodes,
  );
  return (
    <section class="integration">
      <div class="integration-head">
        <h3>{place}</h3>
        <StateBadge tone={STATE_TONES[state]} word={state} />
        {!integration.sendResolved && <span class="muted">not told of resolved alerts</span>}
      </div>
      <dl class="integration-facts">
        <div>
          <dt>Last success</dt>
          <dd>{lastSentAt === null ? 'never' : <Age since={lastSentAt} after=" ago" />}</dd>
        </div>
        <div>
          <dt>Last failure</dt>
          <dd>{lastFailedAt === null ? 'never' : <Age since={lastFailedAt} after=" ago" />}</dd>
        </div>
        <div>
          <dt>Last took</dt>
          <dd>{latencyWords(latencyMs)}</dd>
        </div>
        <div>
          <dt>Queue</dt>
          <dd>{queueWords(underWay, waiting)}</dd>
        </div>
        <div>
          <dt>Sent, failed</dt>
          <dd>{`${sent}, ${failed}`}</dd>
        </div>
      </dl>
      {lastError !== '' && (
        <p class={state === 'failing' ? 'integration-error' : 'integration-error-past'}>{lastError}</p>
      )}
      {integration.nodes.length > 0 && (
        <details class="integration-nodes">
          <summary>Node by node</summary>
          <ul>
            {integration.nodes.map((health) => (
              <li key={health.node}>
                <NodeHealth health={health} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function NodeHealth({ health }: { readonly health: IntegrationHealth }) {
  const state = nodeState(health, tick.value);
  const { node, lastSentAt, lastFailedAt, lastError, latencyMs, sent, failed, underWay, waiting, closedUntil } = health;
  return (
    <>
      <p class="integration-node">
        <strong>{node}</strong>
        <StateBadge tone={STATE_TONES[state]} word={state} />
      </p>
      <dl class="integration-facts">
        <div>
          <dt>Last success</dt>
          <dd>{lastSentAt === null ? 'never' : <Age since={lastSentAt} after=" ago" />}</dd>
        </div>
        <div>
          <dt>Last failure</dt>
          <dd>{lastFailedAt === null ? 'never' : <Age since={lastFailedAt} after=" ago" />}</dd>
        </div>
        <div>
          <dt>Last took</dt>
          <dd>{latencyWords(latencyMs)}</dd>
        </div>
        <div>
          <dt>Sent, failed</dt>
          <dd>{`${sent}, ${failed}`}</dd>
        </div>
        <div>
          <dt>Queue</dt>
          <dd>{queueWords(underWay, waiting)}</dd>
        </div>
        {closedUntil !== null && state === 'left alone' && (
          <div>
            <dt>Asked for rest until</dt>
            <dd>{instantText(closedUntil)}</dd>
          </div>
        )}
      </dl>
      {lastError !== '' && (
        <p class={state === 'failing' ? 'integration-error' : 'integration-error-past'}>{lastError}</p>
      )}
    </>
  );
}
