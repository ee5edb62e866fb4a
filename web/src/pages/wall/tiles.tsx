/** The tiles of the wall, as large as the screen allows. Each leads to what it counts. */
import './tiles.css';
import { useEffect, useState } from 'preact/hooks';
import { Link } from '../../parts/link.tsx';
import { SeverityShape } from '../../parts/severity-badge.tsx';
import { equals } from '../../words/matcher.ts';
import { columnsFor, type Tile } from './tiles.ts';

/** More cannot be read from afar; what is left out is the least urgent. */
const MOST_TILES = 48;

export interface TilesProps {
  readonly tiles: readonly Tile[];
  /** The label they are grouped by. */
  readonly by: string;
  readonly filter: readonly string[];
}

export function Tiles({ tiles, by, filter }: TilesProps) {
  const [size, setSize] = useState({ width: window.innerWidth, height: window.innerHeight });
  useEffect(() => {
    const look = () => setSize({ width: window.innerWidth, height: window.innerHeight });
    window.addEventListener('resize', look);
    return () => window.removeEventListener('resize', look);
  }, []);
  const shown = tiles.slice(0, tiles.length > MOST_TILES ? MOST_TILES - 1 : MOST_TILES);
  const left = tiles.length - shown.length;
  const columns = columnsFor(shown.length + (left > 0 ? 1 : 0), size);
  return (
    <ul class="wall-tiles" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
      {shown.map(({ value, severity, word, gravest, alerts }) => (
        <li key={value} class={`wall-tile wall-tone-${severity}`}>
          <Link to="/" query={{ filter: [...filter, equals(by, value)] }}>
            <span class="wall-tile-number">
              <SeverityShape severity={severity} />
              {gravest}
            </span>
            <span class="wall-tile-name">{value === '' ? `no ${by}` : value}</span>
            <span class="wall-tile-words">
              <bdi>{word}</bdi>
              {alerts > gravest && `, and ${alerts - gravest} below that`}
            </span>
          </Link>
        </li>
      ))}
      {left > 0 && (
        <li class="wall-tile wall-tile-rest">
          <Link to="/" query={{ filter }}>
            <span class="wall-tile-number">+{left}</span>
            <span class="wall-tile-name">more</span>
          </Link>
        </li>
      )}
    </ul>
  );
}
