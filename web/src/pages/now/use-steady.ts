/** A list that is renewed at once while nobody touches the page, and stands still while somebody does. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { after, localNow, tick } from '../../clock.ts';
import { isSameOrder, type Steady, steadied } from './steady.ts';

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

/** When `view` differs the list is another one and shown at once. */
export function useSteady<Item>(
  latest: readonly Item[],
  { view, keyOf }: { readonly view: string; readonly keyOf: (item: Item) => string },
): UsedSteady<Item> {
  const [shown, setShown] = useState({ view, items: latest });
  const [isSettling, setSettling] = useState(false);
  const isFirst = useRef(true);
  const isOther = shown.view !== view || shown.items.length === 0;
  const now = isOther ? latest : shown.items;
  const steady = useMemo(() => steadied(now, latest, keyOf), [now, latest, keyOf]);
  const hasMoved = !isSameOrder(now, latest, keyOf);

  const renew = () => setShown({ view, items: latest });
  const second = hasMoved ? tick.value : 0;
  // Looked at again each second while something waits.
  useEffect(() => {
    if (isOther) {
      setShown({ view, items: latest });
      return undefined;
    }
    if (!hasMoved || isRead()) return undefined;
    setShown({ view, items: latest });
    if (isFirst.current) {
      isFirst.current = false;
      return undefined;
    }
    setSettling(true);
    return after(SETTLE_MS, () => setSettling(false));
  }, [isOther, hasMoved, latest, view, second]);
  useEffect(() => (isSettling ? after(SETTLE_MS, () => setSettling(false)) : undefined), [isSettling]);

  return { ...steady, renew, isSettling };
}
