/**
 * The cluster as a picture: members on a circle, this node at the top, and a line for each pair that says whether both have a
 * link to the other. Coordinates are in a square of 100.
 */
import type { ClusterMember } from '../../../../src/shapes/cluster.ts';

type Seen = Pick<ClusterMember, 'id' | 'self' | 'name' | 'alive' | 'left' | 'links'>;

export interface Place {
  readonly id: string;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Where the middle of its name goes: above or below, since beside it there is no room on a phone. */
  readonly labelX: number;
  readonly labelY: number;
  readonly isAlive: boolean;
  readonly isSelf: boolean;
}

export interface Link {
  readonly from: Place;
  readonly to: Place;
  /** `one way`: only `from` says that it has a link to `to`. `dead`: one of them is not alive; nobody can say. */
  readonly state: 'both ways' | 'one way' | 'none' | 'dead';
}

export interface Topology {
  readonly places: readonly Place[];
  readonly links: readonly Link[];
  /** What of the square is drawn on, from top to bottom. */
  readonly top: number;
  readonly height: number;
}

/** Beyond this many a circle is a black disc; the table below it says it all. */
export const MOST_DRAWN = 24;
const MIDDLE = 50;
const RADIUS = 30;
const LABEL_DISTANCE = 9;
/** A name as long as is shown stays within the square. */
const LABEL_EDGE = 20;
const AIR = 7;

export function memberName({ name, id }: Pick<ClusterMember, 'name' | 'id'>): string {
  return name || id.slice(-8);
}

export function topology(members: readonly Seen[]): Topology {
  const drawn = members
    .filter(({ left }) => !left)
    .toSorted((a, b) => Number(b.self) - Number(a.self) || memberName(a).localeCompare(memberName(b)))
    .slice(0, MOST_DRAWN);
  const places = drawn.map((member, index) => placeOf(member, index, drawn.length));
  const links: Link[] = [];
  for (const [index, a] of drawn.entries()) {
    for (let other = index + 1; other < drawn.length; other += 1) {
      const b = drawn[other];
      const from = places[index];
      const to = places[other];
      if (b && from && to) links.push(linkOf({ member: a, place: from }, { member: b, place: to }));
    }
  }
  const top = Math.min(...places.map(({ y, labelY }) => Math.min(y, labelY))) - AIR;
  const bottom = Math.max(...places.map(({ y, labelY }) => Math.max(y, labelY))) + AIR;
  return { places, links, top, height: Math.max(0, bottom - top) };
}

function placeOf(member: Seen, index: number, count: number): Place {
  const angle = (2 * Math.PI * index) / count - Math.PI / 2;
  const radius = count === 1 ? 0 : RADIUS;
  const x = MIDDLE + radius * Math.cos(angle);
  const y = MIDDLE + radius * Math.sin(angle);
  return {
    id: member.id,
    name: memberName(member),
    x,
    y,
    labelX: Math.min(100 - LABEL_EDGE, Math.max(LABEL_EDGE, x)),
    labelY: y + (y < MIDDLE - 1 ? -LABEL_DISTANCE : LABEL_DISTANCE),
    isAlive: member.alive,
    isSelf: member.self,
  };
}

interface End {
  readonly member: Seen;
  readonly place: Place;
}

function linkOf(a: End, b: End): Link {
  if (!a.member.alive || !b.member.alive) return { from: a.place, to: b.place, state: 'dead' };
  const aToB = a.member.links.includes(b.member.id);
  const bToA = b.member.links.includes(a.member.id);
  if (aToB && bToA) return { from: a.place, to: b.place, state: 'both ways' };
  if (aToB) return { from: a.place, to: b.place, state: 'one way' };
  if (bToA) return { from: b.place, to: a.place, state: 'one way' };
  return { from: a.place, to: b.place, state: 'none' };
}

/** The picture for who does not see it. */
export function topologyWords({ places, links }: Pick<Topology, 'places' | 'links'>): string {
  const alive = places.filter(({ isAlive }) => isAlive);
  const dead = places.filter(({ isAlive }) => !isAlive).map(({ name }) => name);
  const odd = links.flatMap(({ from, to, state }) => {
    if (state === 'one way') return [`${from.name} has a link to ${to.name}, but ${to.name} has none to ${from.name}`];
    return state === 'none' ? [`${from.name} and ${to.name} have no link`] : [];
  });
  const sentences = [
    alive.length === 1
      ? `${alive[0]?.name ?? ''} is the only living member.`
      : `${alive.length} living members: ${alive.map(({ name }) => name).join(', ')}.`,
    dead.length > 0 ? `Not alive: ${dead.join(', ')}.` : '',
    odd.length > 0 ? `${odd.join('; ')}.` : alive.length > 1 ? 'All of them are linked both ways.' : '',
  ];
  return sentences.filter(Boolean).join(' ');
}
