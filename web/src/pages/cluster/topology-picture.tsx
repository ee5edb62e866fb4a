/** The picture of the topology, and in words what it shows. */
import { type Link, MOST_DRAWN, type Topology, topologyWords } from './topology.ts';

export interface TopologyPictureProps {
  readonly topology: Topology;
  /** Members there are, drawn or not. */
  readonly all: number;
}

export function TopologyPicture({ topology, all }: TopologyPictureProps) {
  const { places, links, top, height } = topology;
  const states = new Set(links.map(({ state }) => state));
  return (
    <figure class="topology panel">
      <svg viewBox={`0 ${top} 100 ${height}`} role="img" aria-label={topologyWords(topology)}>
        <defs>
          <marker
            id="topology-arrow"
            viewBox="0 0 10 10"
            refX="9"
            refY="5"
            markerWidth="5"
            markerHeight="5"
            orient="auto"
          >
            <path d="M0 0 10 5 0 10z" class="topology-arrow" />
          </marker>
        </defs>
        {links.map((link) => (
          <LinkLine key={`${link.from.id} ${link.to.id}`} link={link} />
        ))}
        {places.map(({ id, x, y, name, labelX, labelY, isAlive, isSelf }) => (
          <g key={id} class={`topology-member ${isAlive ? '' : 'topology-dead'} ${isSelf ? 'topology-self' : ''}`}>
            <circle cx={x} cy={y} r="5" />
            {!isAlive && <path d={`M${x - 2} ${y - 2}l4 4m0-4l-4 4`} />}
            <text x={labelX} y={labelY} text-anchor="middle" dominant-baseline="middle">
              {shortened(name)}
            </text>
          </g>
        ))}
      </svg>
      <figcaption>
        {states.has('both ways') && <Key state="both ways" words="linked both ways" />}
        {states.has('one way') && <Key state="one way" words="only one has a link" />}
        {states.has('none') && <Key state="none" words="no link" />}
        {states.has('dead') && <Key state="dead" words="not alive" />}
        {all > MOST_DRAWN && <span>{`${MOST_DRAWN} of ${all} are drawn`}</span>}
      </figcaption>
    </figure>
  );
}

const CLASSES: Readonly<Record<Link['state'], string>> = {
  'both ways': 'link-both',
  'one way': 'link-one',
  none: 'link-none',
  dead: 'link-dead',
};
/** Where a line ends: at the edge of the circle. */
const GAP = 6;

function LinkLine({ link: { from, to, state } }: { readonly link: Link }) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const [dx, dy] = [((to.x - from.x) / length) * GAP, ((to.y - from.y) / length) * GAP];
  return (
    <line
      class={CLASSES[state]}
      x1={from.x + dx}
      y1={from.y + dy}
      x2={to.x - dx}
      y2={to.y - dy}
      marker-end={state === 'one way' ? 'url(#topology-arrow)' : undefined}
    />
  );
}

function Key({ state, words }: { readonly state: Link['state']; readonly words: string }) {
  return (
    <span>
      <svg viewBox="0 0 20 6" aria-hidden="true">
        <line class={CLASSES[state]} x1="0" y1="3" x2="20" y2="3" />
      </svg>
      {words}
    </span>
  );
}

const LONGEST_NAME = 14;

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}
