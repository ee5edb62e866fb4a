/**
 * The routing tree, drawn as nested lists with lines between them: a screen reader hears the same tree. While labels are
 * explained, each route says whether it is taken, and why; the way is marked by more than colour.
 */
import { useState } from 'preact/hooks';
import type { ExplainedRoute } from '../../../../src/shapes/alerts.ts';
import type { RouteNode } from '../../../../src/shapes/routing.ts';
import { Button } from '../../parts/button.tsx';
import { StateBadge, type StateTone } from '../../parts/state-badge.tsx';
import { countOf } from '../../words/counted.ts';
import { branches, duration, matcherWords, mutedWords, type RouteBranch } from './route-tree.ts';

export interface DrawnRoutesProps {
  readonly routes: readonly RouteNode[];
  /** Undefined while nothing is explained. */
  readonly explained: readonly ExplainedRoute[] | undefined;
}

/** A larger tree is shown folded at first. */
const MOST_UNFOLDED = 60;

type Verdicts = ReadonlyMap<string, ExplainedRoute>;

export function DrawnRoutes({ routes, explained }: DrawnRoutesProps) {
  const [hasTimings, setTimings] = useState(false);
  const verdicts: Verdicts | undefined = explained && new Map(explained.map((route) => [route.id, route]));
  const isLarge = routes.length > MOST_UNFOLDED;
  return (
    <section class="page-part" aria-labelledby="routing-tree">
      <div class="page-part-head">
        <h2 id="routing-tree">The tree</h2>
        <Button aria-pressed={hasTimings} onClick={() => setTimings(!hasTimings)}>
          Timings
        </Button>
      </div>
      <div class={`panel route-tree ${verdicts ? 'route-tree-explained' : ''}`}>
        <ul>
          {branches(routes).map((branch) => (
            <Branch key={branch.route.id} {...{ branch, verdicts, isLarge, hasTimings }} />
          ))}
        </ul>
      </div>
    </section>
  );
}

interface BranchProps {
  readonly branch: RouteBranch;
  readonly verdicts: Verdicts | undefined;
  readonly isLarge: boolean;
  readonly hasTimings: boolean;
}

const WAY = ['taken', 'passed through'];

function Branch({ branch, verdicts, isLarge, hasTimings }: BranchProps) {
  const { route, children } = branch;
  const [isUnfolded, setUnfolded] = useState(!isLarge || route.depth === 0);
  const verdict = verdicts?.get(route.id);
  const isOnWay = verdict !== undefined && WAY.includes(verdict.verdict);
  // The way is never hidden in a fold.
  const leadsOn = children.some(({ route: { id } }) => WAY.includes(verdicts?.get(id)?.verdict ?? ''));
  const isShown = isUnfolded || leadsOn;
  return (
    <li class={isOnWay ? 'route-on-way' : verdict ? 'route-off-way' : undefined}>
      <div class={`route ${verdict?.verdict === 'taken' ? 'route-taken' : ''}`}>
        <p class="route-line">
          <code class="route-matchers">{matcherWords(route)}</code>
          <span class="route-receiver">
            <span aria-hidden="true">→ </span>
            <span class="off-screen">to </span>
            <strong>{route.receiver}</strong>
            {route.integrations.length > 0 && <span class="muted">{` ${route.integrations.join(', ')}`}</span>}
          </span>
          {verdict && <Verdict verdict={verdict.verdict} />}
        </p>
        <p class="route-notes">
          <span>{`${countOf(route.alerts, 'alert')}, ${countOf(route.groups, 'group')}`}</span>
          {route.continue && <span class="route-note">goes on to the next</span>}
          {route.muteTimeIntervals.length > 0 && (
            <span class="route-note">{`muted in ${route.muteTimeIntervals.join(', ')}`}</span>
          )}
          {route.activeTimeIntervals.length > 0 && (
            <span class="route-note">{`only in ${route.activeTimeIntervals.join(', ')}`}</span>
          )}
          {route.mutedBy.length > 0 && <StateBadge tone="warning" word={`not told now: ${mutedWords(route)}`} />}
        </p>
        {verdict && <p class="route-reason">{verdict.reason}</p>}
        {hasTimings && <p class="route-notes">{timingWords(route)}</p>}
        {children.length > 0 && isLarge && route.depth > 0 && !leadsOn && (
          <Button kind="quiet" aria-expanded={isShown} onClick={() => setUnfolded(!isShown)}>
            {isShown ? 'Fold' : `Show ${countOf(children.length, 'route')} below`}
          </Button>
        )}
      </div>
      {isShown && children.length > 0 && (
        <ul>
          {children.map((child) => (
            <Branch key={child.route.id} {...{ branch: child, verdicts, isLarge, hasTimings }} />
          ))}
        </ul>
      )}
    </li>
  );
}

const VERDICT_TONES: Readonly<Record<ExplainedRoute['verdict'], StateTone>> = {
  taken: 'good',
  'passed through': 'plain',
  'not matched': 'quiet',
  'not reached': 'quiet',
};

function Verdict({ verdict }: Pick<ExplainedRoute, 'verdict'>) {
  return <StateBadge tone={VERDICT_TONES[verdict]} word={verdict} />;
}

function timingWords({ groupBy, groupWaitMs, groupIntervalMs, repeatIntervalMs, labels }: RouteNode): string {
  const by = groupBy.length === 0 ? 'nothing' : groupBy.includes('...') ? 'all labels' : groupBy.join(', ');
  const added = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return [
    `grouped by ${by}`,
    `wait ${duration(groupWaitMs)}`,
    `interval ${duration(groupIntervalMs)}`,
    `repeat ${duration(repeatIntervalMs)}`,
    added.length > 0 ? `labels ${added.join(', ')}` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
