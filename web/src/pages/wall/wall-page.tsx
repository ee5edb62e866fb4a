/**
 * One glance from five metres: whether all is well, what is not, and whether the picture is of now. What is silenced or
 * inhibited is known already and only counted. When the node is not heard the whole page says so, unmistakably.
 */
import './wall-page.css';
import { useEffect } from 'preact/hooks';
import type { ClusterAnswer } from '../../../../src/shapes/cluster.ts';
import type { GroupsAnswer, LabelValuesAnswer } from '../../../../src/shapes/groups.ts';
import { useAnswer } from '../../api/answer.ts';
import { connection, lastHeardMs, node } from '../../api/live.ts';
import { tick } from '../../clock.ts';
import { Link } from '../../parts/link.tsx';
import { SeverityShape } from '../../parts/severity-badge.tsx';
import { query } from '../../place.ts';
import { markTab } from '../../tab-mark.ts';
import { theme } from '../../theme.ts';
import { ageText } from '../../words/age.ts';
import { timeText } from '../../words/instant.ts';
import { clusterHealth } from './cluster-health.ts';
import { tilesOf, verdictOf } from './tiles.ts';
import { Tiles } from './tiles.tsx';

/** A beat comes every 5 s. */
const STALE_AFTER_MS = 15_000;
const PREFERRED = 'job';
const OTHERWISE = 'alertname';
const SEVERITIES = ['urgent', 'important', 'other', 'interesting'] as const;

export function WallPage() {
  useDarkness();
  const filter = query.value.getAll('filter').filter((text) => text !== '');
  const chosen = query.value.get('by');
  const { answer, error } = useAnswer<GroupsAnswer>('api/v3/groups', { filter, state: ['active'], limit: 1 }, [
    'alerts',
    'silences',
  ]);
  const preferred = useValues(chosen ?? PREFERRED, filter);
  // Alerts that have no job are told apart by their names, unless somebody wanted it otherwise.
  const isElsewhere = chosen === null && preferred?.total === 0;
  const otherwise = useValues(isElsewhere ? OTHERWISE : undefined, filter);
  const values = isElsewhere ? otherwise : preferred;
  const words = useValues('severity', filter)?.values.flatMap(({ otherWords }) => otherWords) ?? [];
  const cluster = useAnswer<ClusterAnswer>('api/v3/cluster', {}, ['cluster']).answer;

  const by = values?.name ?? chosen ?? PREFERRED;
  const isStale = connection.value === 'lost' && tick.value - lastHeardMs.value > STALE_AFTER_MS;
  const tiles = values === undefined ? [] : tilesOf(values.values, answer?.severities);
  const counts = answer?.severities;
  useEffect(() => (counts === undefined ? undefined : markTab(counts)), [counts]);
  const verdict = verdictOf(answer?.severities, { isStale });
  const health = clusterHealth(cluster);

  return (
    <main class={`wall wall-${verdict.kind}${isStale ? ' wall-stale' : ''}`}>
      {isStale && (
        <p class="wall-stale-words" role="alert">
          STALE
          <span>
            {lastHeardMs.value > 0
              ? `This node does not answer since ${timeText(lastHeardMs.value)}, for ${ageText(tick.value - lastHeardMs.value)}`
              : 'This node does not answer'}
          </span>
        </p>
      )}
      <header class="wall-head">
        <h1 class="wall-verdict">{verdict.words}</h1>
        <p class="wall-clock">
          {timeText(tick.value)}
          <span>
            {lastHeardMs.value > 0 ? `heard ${ageText(tick.value - lastHeardMs.value)} ago` : 'not heard yet'}
          </span>
        </p>
      </header>
      <dl class="wall-numbers">
        {SEVERITIES.map((severity) => {
          const count = answer?.severities[severity];
          return (
            <div key={severity} class={count ? `wall-number wall-tone-${severity}` : 'wall-number'}>
              <dt>
                <SeverityShape severity={severity} /> <bdi>{severity === 'other' ? ownWords(words) : severity}</bdi>
              </dt>
              <dd>{count ?? '–'}</dd>
            </div>
          );
        })}
      </dl>
      {error && !answer && <p class="wall-words">{error.detail}</p>}
      {answer && tiles.length === 0 && (
        <Well quietSince={answer.quietSince} nowMs={isStale ? lastHeardMs.value : tick.value} isStale={isStale} />
      )}
      {tiles.length > 0 && <Tiles tiles={tiles} by={by} filter={filter} />}
      <footer class="wall-foot">
        <span class={health.isWell ? '' : 'wall-trouble'}>{health.words}</span>
        <span>
          by {by}
          {filter.length > 0 && `, only ${filter.join(', ')}`}
        </span>
        {answer && <span>{quietedWords(answer)}</span>}
        <span class="wall-doors">
          <button type="button" onClick={() => void toggleFullScreen()}>
            Full screen
          </button>
          <Link to="/" query={{ filter }}>
            {node.value}: what fires now
          </Link>
        </span>
      </footer>
    </main>
  );
}

/** What people call the severities that count as `other`, as far as there is room. */
function ownWords(words: readonly string[]): string {
  const [first, second, ...more] = words;
  if (first === undefined) return 'other';
  return [first, second ?? '', more.length > 0 ? '…' : ''].filter((word) => word !== '').join(', ');
}

function useValues(name: string | undefined, filter: readonly string[]): LabelValuesAnswer | undefined {
  const path = name === undefined ? undefined : `api/v3/labels/${encodeURIComponent(name)}/values`;
  return useAnswer<LabelValuesAnswer>(path, { filter, state: ['active'], limit: 1_000 }, ['alerts', 'silences']).answer;
}

interface WellProps {
  readonly quietSince: string | null;
  readonly nowMs: number;
  readonly isStale: boolean;
}

function Well({ quietSince, nowMs, isStale }: WellProps) {
  return (
    <div class="wall-well">
      {!isStale && (
        <svg viewBox="0 0 48 48" aria-hidden="true">
          <path d="m9 25 10 10 20-22" fill="none" stroke="currentColor" stroke-width="5" stroke-linecap="round" />
        </svg>
      )}
      <p>
        {quietSince === null
          ? 'What fires is silenced'
          : `Nothing ${isStale ? 'had' : 'has'} fired for ${ageText(nowMs - Date.parse(quietSince))}`}
      </p>
    </div>
  );
}

function quietedWords({ states }: GroupsAnswer): string {
  const words = (['silenced', 'inhibited', 'muted'] as const)
    .filter((state) => states[state] > 0)
    .map((state) => `${states[state]} ${state}`);
  return words.length === 0 ? 'nothing silenced' : words.join(', ');
}

/** On a wall it is dark, unless this browser's reader chose otherwise. */
function useDarkness(): void {
  const isOpen = theme.value === 'device';
  useEffect(() => {
    if (!isOpen) return undefined;
    const { dataset } = document.documentElement;
    dataset.theme = 'dark';
    return () => {
      if (theme.value === 'device') delete dataset.theme;
    };
  }, [isOpen]);
}

async function toggleFullScreen(): Promise<void> {
  try {
    if (document.fullscreenElement !== null) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen();
  } catch {
    // Not every browser has it; the page fills the window anyway.
  }
}
