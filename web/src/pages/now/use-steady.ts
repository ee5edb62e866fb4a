/** A list that is renewed at once while nobody touches the page, and stands still while somebody does. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { after, localNow, tick } from '../../clock.ts';
import { isSameOrder, lengthened, type Steady, steadied } from './steady.ts';

/** Since the last touch, key or turn of the wheel. */
const READING_MS = 4_000;
/** After things moved, for this long a tap is not taken: it was meant for what was there before. */
const SETTLE_MS = 450;
const SCROLLED_PX = 120;

export interface UsedSteady<Item> extends Steady<Item> {
  /** Shows what waits and lets go what is over. */
  readonly renew: () => void;
  readonly isSettling: boolean;
}

let touchedAtMs = 0;
if (typeof window !== 'undefined') {
  const touch = () => {
    touchedAtMs = localNow();
  };
  for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove']) {
    window.addEventListener(name, touch, { passive: true, capture: true });
  }
}

function isRead(): boolean {
  return localNow() - touchedAtMs < READING_MS || window.scrollY > SCROLLED_PX;
}

export interface SteadyOptions<Item> {
  /** When it differs the list is another one and shown at once. */
  readonly view: string;
  /** How long a list was asked for: when it differs, what came with it is put to the end, and nothing else moves. */
  readonly wanted: number;
  readonly keyOf: (item: Item) => string;
}

export function useSteady<Item>(
  latest: readonly Item[],
  { view, wanted, keyOf }: SteadyOptions<Item>,
): UsedSteady<Item> {
  const [shown, setShown] = useState({ view, wanted, items: latest });
  const [isSettling, setSettling] = useState(false);
  const isFirst = useRef(true);
  const isOther = shown.view !== view || shown.items.length === 0;
  const isLonger = !isOther && shown.wanted !== wanted;
  const now = useMemo(() => {
    if (isOther) return latest;
    return isLonger ? lengthened(shown.items, latest, keyOf) : shown.items;
  }, [isOther, isLonger, shown.items, latest, keyOf]);
  const steady = useMemo(() => steadied(now, latest, keyOf), [now, latest, keyOf]);
  const hasMoved = !isSameOrder(now, latest, keyOf);

  const renew = () => setShown({ view, wanted, items: latest });
  const second = hasMoved ? tick.value : 0;
  // Looked at again each second while something waits.
  useEffect(() => {
    if (isOther) {
      setShown({ view, wanted, items: latest });
      return undefined;
    }
    if (isLonger) {
      setShown({ view, wanted, items: now });
      return undefined;
    }
    if (!hasMoved || isRead()) return undefined;
    setShown({ view, wanted, items: latest });
    if (isFirst.current) {
      isFirst.current = false;
      return undefined;
    }
    setSettling(true);
    return after(SETTLE_MS, () => setSettling(false));
  }, [isOther, isLonger, now, hasMoved, latest, view, wanted, second]);
  useEffect(() => (isSettling ? after(SETTLE_MS, () => setSettling(false)) : undefined), [isSettling]);

  return { ...steady, renew, isSettling };
}
