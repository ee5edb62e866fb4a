/** What is to be said about a member of the cluster, and about the cluster as a whole, the worst first. */
import type { ClusterAnswer, ClusterMember } from '../../../../src/shapes/cluster.ts';
import { memberName } from './topology.ts';

export type RunningCluster = Exclude<ClusterAnswer, { status: 'disabled' }>;

/** A clock that is off by more is shown and alerted. */
const CLOCK_LIMIT_MS = 2_000;
/** An alert that took longer to a peer is late to be told by it. */
const ROUND_TRIP_LIMIT_MS = 2_000;

export function isClockOff(offsetMs: number | null): boolean {
  return offsetMs !== null && Math.abs(offsetMs) > CLOCK_LIMIT_MS;
}

export interface MemberState {
  readonly level: 'dead' | 'warning' | 'good' | 'left';
  readonly word: string;
  readonly warnings: readonly string[];
}

export function memberState(member: ClusterMember, cluster: RunningCluster): MemberState {
  if (member.left) return { level: 'left', word: 'left', warnings: [] };
  if (!member.alive) return { level: 'dead', word: 'not alive', warnings: member.reason ? [member.reason] : [] };
  const self = cluster.members.find(({ self }) => self);
  const warnings = [
    member.cloned
      ? 'Two living processes use its id: its data directory was copied. Give one of them an empty one.'
      : '',
    isClockOff(member.clockOffsetMs)
      ? `Its clock is ${offsetWords(member.clockOffsetMs ?? 0)}: mend its time synchronisation.`
      : '',
    self?.version && member.version && member.version !== self.version
      ? `Runs version ${member.version}, this node ${self.version}.`
      : '',
    self?.configHash && member.configHash && member.configHash !== self.configHash
      ? 'Has another configuration than this node.'
      : '',
    (member.deltaRoundTripMs ?? 0) > ROUND_TRIP_LIMIT_MS ? 'Alerts take long to reach it.' : '',
  ].filter(Boolean);
  if (warnings.length > 0) return { level: 'warning', word: member.settled ? 'alive' : 'settling', warnings };
  return { level: 'good', word: member.settled ? 'alive' : 'settling', warnings: [] };
}

/** This node first, then the others by name; who left comes last. An order that does not change while one looks. */
export function byName(members: readonly ClusterMember[]): ClusterMember[] {
  return members.toSorted(
    (a, b) =>
      Number(a.left) - Number(b.left) ||
      Number(b.self) - Number(a.self) ||
      memberName(a).localeCompare(memberName(b)) ||
      a.id.localeCompare(b.id),
  );
}

/** Records that the last comparison with it found on one side only. */
export function lagOf({ exchange }: Pick<ClusterMember, 'exchange'>): number {
  return exchange ? exchange.behind + exchange.ahead : 0;
}

/** `3.2 s fast`, `40 ms slow`. */
export function offsetWords(offsetMs: number): string {
  const length = Math.abs(offsetMs);
  if (length < 1) return 'right';
  const words =
    length < 1_000
      ? `${Math.round(length)} ms`
      : length < 120_000
        ? `${(length / 1_000).toFixed(1)} s`
        : `${Math.round(length / 60_000)} min`;
  return `${words} ${offsetMs > 0 ? 'fast' : 'slow'}`;
}

/** Of all groups known, in percent, that each member speaks first for; by id. */
export function shares(members: readonly ClusterMember[]): Map<string, number> {
  const all = members.reduce((sum, { firstForGroups }) => sum + firstForGroups, 0);
  return new Map(
    members.map(({ id, firstForGroups }) => [id, all === 0 ? 0 : Math.round((100 * firstForGroups) / all)]),
  );
}

export interface ClusterNotice {
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly text: string;
}

/** What is wrong with the whole, and what to do about it. */
export function clusterNotices(cluster: RunningCluster): ClusterNotice[] {
  const present = cluster.members.filter(({ left }) => !left);
  const dead = present.filter(({ alive }) => !alive);
  const notices: ClusterNotice[] = [];
  if (dead.length > 0) {
    notices.push({
      level: present.length - dead.length <= 1 ? 'error' : 'warning',
      title:
        present.length - dead.length <= 1
          ? 'This node is the only one alive'
          : `${dead.map(memberName).join(', ')} ${dead.length === 1 ? 'is' : 'are'} not alive`,
      text: 'Pages still go out: the living do the work of the dead. Look whether the process runs and whether the nodes reach each other. If a node is gone for good, it is forgotten by itself.',
    });
  }
  if (cluster.configDiffers) {
    notices.push({
      level: 'warning',
      title: 'The nodes have different configurations',
      text: 'The same alert may be told twice or otherwise, depending on who tells it. Give all nodes the same file and reload them; the hashes below say who differs.',
    });
  }
  if (isClockOff(cluster.clockOffsetMs)) {
    notices.push({
      level: 'warning',
      title: `This node’s clock is ${offsetWords(-cluster.clockOffsetMs)}`,
      text: 'Silences and time intervals are read with the cluster’s clock, so nothing is lost. Mend the time synchronisation (chrony, systemd-timesyncd) of this machine.',
    });
  }
  if (cluster.status === 'settling') {
    notices.push({
      level: 'warning',
      title: 'This node is still settling',
      text: 'It gathers what its peers know, and leaves telling to them meanwhile. That takes a few seconds, a minute at most.',
    });
  }
  return notices;
}
