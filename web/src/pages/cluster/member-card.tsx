/** One member: how it is, and what is known of it. What is wrong is said first. */
import type { ClusterMember } from '../../../../src/shapes/cluster.ts';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { SafeLink } from '../../parts/safe-link.tsx';
import { StateBadge, type StateTone } from '../../parts/state-badge.tsx';
import { ageText } from '../../words/age.ts';
import { isClockOff, type MemberState, memberState, offsetWords, type RunningCluster } from './member-state.ts';
import { memberName } from './topology.ts';

const TONES: Readonly<Record<MemberState['level'], StateTone>> = {
  dead: 'bad',
  warning: 'warning',
  good: 'good',
  left: 'quiet',
};

export interface MemberCardProps {
  readonly member: ClusterMember;
  readonly cluster: RunningCluster;
  readonly sharePercent: number;
}

export function MemberCard({ member, cluster, sharePercent }: MemberCardProps) {
  const { level, word, warnings } = memberState(member, cluster);
  return (
    <article class={`member-card panel member-${level}`}>
      <header>
        <h3>
          {member.url ? <SafeLink href={member.url}>{memberName(member)}</SafeLink> : memberName(member)}
          {member.self && <span class="muted"> (this node)</span>}
        </h3>
        <StateBadge tone={TONES[level]} word={word} />
      </header>
      {warnings.length > 0 && (
        <ul class="member-warnings">
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      <Facts facts={factsOf(member, cluster, sharePercent)} />
    </article>
  );
}

function factsOf(member: ClusterMember, cluster: RunningCluster, sharePercent: number): Fact[] {
  const nameOf = (id: string) => memberName(cluster.members.find((other) => other.id === id) ?? { id, name: null });
  const names = (ids: readonly string[]) => ids.map(nameOf).toSorted().join(', ') || 'nobody';
  const known: Fact[] = [
    ['Address', member.address ?? 'not known'],
    ['Version', member.version ?? 'not known'],
    [
      'Configuration',
      member.configHash ? <code title={member.configHash}>{member.configHash.slice(0, 12)}</code> : 'not known',
    ],
    ['Id', <code>{member.id}</code>],
  ];
  if (!member.alive) return [['Last heard', `${ageText(member.heardByAnyoneAgoMs)} ago`], ...known];
  const offsetMs = member.self ? -cluster.clockOffsetMs : member.clockOffsetMs;
  return [
    [
      'Speaks first for',
      `${member.firstForGroups} ${member.firstForGroups === 1 ? 'group' : 'groups'} (${sharePercent} %)`,
    ],
    ['Clock', clockFact(offsetMs)],
    ['Links to', names(member.links)],
    ...(member.self
      ? []
      : ([
          ['Heard', heardWords(member.heardAgoMs)],
          [
            'Round trip',
            member.deltaRoundTripMs === null ? 'not measured yet' : `${Math.round(member.deltaRoundTripMs)} ms`,
          ],
          ['Differs by', lagWords(member)],
        ] satisfies Fact[])),
    ...known,
  ];
}

function clockFact(offsetMs: number | null) {
  if (offsetMs === null) return 'not known';
  return isClockOff(offsetMs) ? <strong class="member-wrong">{offsetWords(offsetMs)}</strong> : offsetWords(offsetMs);
}

/** Beats come each second, so that a moment ago is as well as now. */
const JUST_NOW_MS = 3_000;

function heardWords(agoMs: number | null): string {
  if (agoMs === null) return 'only through others';
  return agoMs < JUST_NOW_MS ? 'just now' : `${ageText(agoMs)} ago`;
}

/** How far the two are from having the same records. */
function lagWords({ exchange }: ClusterMember): string {
  if (exchange === null) return 'no direct exchange';
  if (exchange.agoMs === null) return exchange.running ? 'being compared' : 'not compared yet';
  const { behind, ahead, remaining } = exchange;
  const when = exchange.agoMs < 10_000 ? '' : `, ${ageText(exchange.agoMs)} ago`;
  if (behind + ahead + remaining === 0) return `nothing${when}`;
  const parts = [
    behind > 0 ? `${behind} records we lacked` : '',
    ahead > 0 ? `${ahead} it lacked` : '',
    remaining > 0 ? `${remaining} that cannot be passed on` : '',
  ];
  return parts.filter(Boolean).join(', ') + when;
}
