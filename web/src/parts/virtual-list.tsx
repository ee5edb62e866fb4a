/**
 * A long list in the page's own scroll, of which only what is near the window exists. Heights are measured, so rows may be
 * of any; what grows or shrinks above the window does not move what is read.
 */
import './virtual-list.css';
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { offsetsOf, windowOf } from './virtual-window.ts';

export interface VirtualListProps<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  readonly children: (item: Item, index: number) => ComponentChildren;
  /** Of a row that was not seen yet, in px. */
  readonly expectedHeight: number;
  readonly label: string;
  /** Always there, wherever the window is: the one with the focus. */
  readonly kept?: string | undefined;
  /** Told the index after the last row that exists, whenever it differs. */
  readonly onReach?: (last: number) => void;
}

const MOST_MEASURED = 20_000;
/** By the list's label: whoever comes back to a list finds it as long as it was, and so the place in it. */
const measured = new Map<string, Map<string, number>>();

function heightsOf(label: string): Map<string, number> {
  let heights = measured.get(label);
  if (heights === undefined || heights.size > MOST_MEASURED) {
    heights = new Map();
    measured.set(label, heights);
  }
  return heights;
}

/** How much exists above and below the window, in px: about as much as one swipe. */
const BEYOND_PX = 900;

export function VirtualList<Item>(props: VirtualListProps<Item>) {
  const { items, keyOf, children, expectedHeight, label, kept, onReach } = props;
  const list = useRef<HTMLUListElement>(null);
  const heights = useMemo(() => heightsOf(label), [label]);
  const [version, setVersion] = useState(0);
  const [view, setView] = useState({ top: 0, bottom: 1_500 });

  const keys = useMemo(() => items.map(keyOf), [items, keyOf]);
  // `version` stands for the heights, which are measured into a map.
  const offsets = useMemo(
    () => offsetsOf(keys, (key) => heights.get(key) ?? expectedHeight),
    [keys, heights, version, expectedHeight],
  );

  const look = useCallback(() => {
    const top = -(list.current?.getBoundingClientRect().top ?? 0);
    const next = { top: top - BEYOND_PX, bottom: top + window.innerHeight + BEYOND_PX };
    // A step at a time: each pixel is no reason to draw.
    setView((now) =>
      Math.abs(now.top - next.top) > BEYOND_PX / 3 || now.bottom < next.bottom - BEYOND_PX / 3 ? next : now,
    );
  }, []);
  useEffect(() => {
    look();
    window.addEventListener('scroll', look, { passive: true });
    window.addEventListener('resize', look);
    return () => {
      window.removeEventListener('scroll', look);
      window.removeEventListener('resize', look);
    };
  }, [look]);

  const observer = useMemo(
    () =>
      new ResizeObserver((entries) => {
        let hasChanged = false;
        for (const { target, borderBoxSize } of entries) {
          const key = (target as HTMLElement).dataset.key ?? '';
          const height = borderBoxSize[0]?.blockSize ?? 0;
          if (height > 0 && Math.abs((heights.get(key) ?? 0) - height) > 0.5) {
            heights.set(key, height);
            hasChanged = true;
          }
        }
        if (hasChanged) setVersion((now) => now + 1);
      }),
    [heights],
  );
  useEffect(() => () => observer.disconnect(), [observer]);
  // A list that became shorter may have left the window below its end.
  useLayoutEffect(look, [items, look]);

  const { first, last } = windowOf(offsets, view);
  useEffect(() => onReach?.(last), [last, onReach]);
  const shown = [];
  const keptIndex = kept === undefined ? -1 : keys.indexOf(kept);
  const indexes = range(first, last);
  if (keptIndex >= 0 && (keptIndex < first || keptIndex >= last)) indexes.push(keptIndex);
  for (const index of indexes) {
    const item = items[index];
    const key = keys[index];
    if (item === undefined || key === undefined) continue;
    shown.push(
      <Row key={key} name={key} top={offsets[index] ?? 0} place={index + 1} total={items.length} observer={observer}>
        {children(item, index)}
      </Row>,
    );
  }
  return (
    <ul ref={list} class="virtual-list" aria-label={label} style={{ height: `${offsets.at(-1) ?? 0}px` }}>
      {shown}
    </ul>
  );
}

interface RowProps {
  readonly name: string;
  readonly top: number;
  readonly place: number;
  readonly total: number;
  readonly observer: ResizeObserver;
  readonly children: ComponentChildren;
}

function Row({ name, top, place, total, observer, children }: RowProps) {
  const row = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => {
    const element = row.current;
    if (element === null) return undefined;
    observer.observe(element);
    return () => observer.unobserve(element);
  }, [observer]);
  return (
    <li
      ref={row}
      class="virtual-row"
      aria-posinset={place}
      aria-setsize={total}
      data-key={name}
      style={{ transform: `translateY(${top}px)` }}
    >
      {children}
    </li>
  );
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
}
