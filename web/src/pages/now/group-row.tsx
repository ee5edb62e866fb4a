/** One group: what it is, how grave, since when, who was told of it, and what keeps it quiet. Unfolded, its alerts. */
import './group-row.css';
import type { ShownGroup } from '../../../../src/shapes/groups.ts';
import { Age } from '../../parts/age.tsx';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { LabelChip } from '../../parts/label-chip.tsx';
import { Link } from '../../parts/link.tsx';
import { SeverityBadge } from '../../parts/severity-badge.tsx';
import { link } from '../../place.ts';
import { groupMatchers, groupName } from '../../words/group-name.ts';
import { equals } from '../../words/matcher.ts';
import { visibleText } from '../../words/visible-text.ts';
import { GroupAlerts } from './group-alerts.tsx';
import { ToldList } from './told-list.tsx';
import type { ToldTogether } from './told-together.ts';

export interface GroupRowProps {
  readonly group: ToldTogether;
  readonly isOpen: boolean;
  /** It fires no more; it is only shown so that nothing moves. */
  readonly isOver: boolean;
  /** Matchers of the view, which its alerts are asked for with, too. */
  readonly filter: readonly string[];
  /** By id: who made the silence, and why. */
  readonly silences: ReadonlyMap<string, string>;
  readonly onToggle: () => void;
  readonly onNarrow: (matcher: string) => void;
}

export function silenceQuery(group: Pick<ShownGroup, 'labels' | 'commonLabels'>) {
  return { filter: groupMatchers(group).map(([name, value]) => equals(name, value)) };
}

export function GroupRow({ group, isOpen, isOver, filter, silences, onToggle, onNarrow }: GroupRowProps) {
  const { title: name, rest } = groupName(group);
  const title = visibleText(name);
  const firing = group.alerts.active + group.alerts.silenced + group.alerts.inhibited + group.alerts.muted;
  const isQuieted = firing > 0 && group.alerts.active === 0;
  const summary = group.commonAnnotations.summary ?? group.commonAnnotations.description;
  const classes = ['group-row', `group-row-${group.severity}`];
  if (isOver) classes.push('group-row-over');
  if (isQuieted) classes.push('group-row-quieted');
  return (
    <article class={classes.join(' ')} aria-label={title}>
      <div class="group-row-head">
        <div class="group-row-what">
          <h2>
            <button
              type="button"
              class="group-row-title"
              data-group={group.id}
              aria-expanded={isOpen}
              onClick={onToggle}
            >
              <span class="group-row-arrow" aria-hidden="true">
                ▸
              </span>
              <span class="group-row-name">{title}</span>
            </button>
          </h2>
          <SeverityBadge severity={group.severity} labels={{ ...group.commonLabels, ...group.labels }} />
          <span class="group-row-count">{isOver ? 'over' : countText(firing)}</span>
          {rest.map(([name, value]) => (
            <LabelChip key={name} name={name} value={value} onChoose={() => onNarrow(equals(name, value))} />
          ))}
        </div>
        <div class="group-row-since">
          <Age since={group.since} before="for " />
        </div>
        <div class="group-row-actions">
          <ButtonLink to="/silences/new" query={silenceQuery(group)} aria-label={`Silence ${title}`}>
            Silence
          </ButtonLink>
        </div>
      </div>
      <div class="group-row-body">
        <div class="group-row-words">
          {summary && <p class="group-row-summary">{summary}</p>}
          <Quieted group={group} silences={silences} />
        </div>
        <div class="group-row-ways">
          {[group, ...group.others].map((way) => (
            <div key={way.id} class="group-row-told">
              <span class="group-row-receiver">{way.receiver}</span>
              <ToldList receiver={way.receiver} notifications={way.notifications} nextFlushAt={way.nextFlushAt} />
              {way !== group && way.mutedBy.length > 0 && (
                <span class="group-row-quiet">muted now by {way.mutedBy.join(', ')}</span>
              )}
            </div>
          ))}
        </div>
      </div>
      {isOpen && (
        <div class="group-row-inside">
          <div class="group-row-more">
            <CopyButton
              label="Copy link"
              text={() =>
                new URL(link('/', { filter: silenceQuery(group).filter, open: group.id }), location.href).href
              }
            />
            <ButtonLink to={`/groups/${encodeURIComponent(group.id)}`}>Everything about it</ButtonLink>
            <Button onClick={onToggle}>Close</Button>
          </div>
          <GroupAlerts group={group} filter={filter} />
        </div>
      )}
    </article>
  );
}

/** What keeps all of it, or some, from being told. */
function Quieted({ group, silences }: Pick<GroupRowProps, 'group' | 'silences'>) {
  const { alerts, silencedBy, mutedBy } = group;
  if (alerts.silenced + alerts.inhibited + alerts.muted === 0 && mutedBy.length === 0) return null;
  return (
    <p class="group-row-quiet">
      {alerts.silenced > 0 && (
        <span>
          {alerts.silenced} silenced by{' '}
          {silencedBy.map((id, index) => (
            <>
              {index > 0 && ', '}
              <Link to={`/silences/${encodeURIComponent(id)}`}>{silences.get(id) ?? id.slice(0, 8)}</Link>
            </>
          ))}
        </span>
      )}
      {alerts.inhibited > 0 && <span>{alerts.inhibited} inhibited by other alerts</span>}
      {mutedBy.length > 0 && <span>muted now by {mutedBy.join(', ')}</span>}
    </p>
  );
}

function countText(alerts: number): string {
  return alerts === 1 ? '1 alert' : `${alerts} alerts`;
}
