/**
 * Whoever goes back finds the page where it was left. A browser would try before a page has its length again, so this keeps
 * the place in the entry of the browser's history, and goes there once the page is long enough, unless the reader moves first.
 */
import { after, localNow } from './clock.ts';

/** Browsers refuse an entry that is rewritten too often. */
const NOTE_AFTER_MS = 300;
const STEP_MS = 50;
/** Answers may take that long. */
const LONGEST_RETURN_MS = 5_000;
/** The place was reached and stays reached: what comes later, such as rows that are measured, may move it. */
const SETTLED_STEPS = 8;

let cancelNote: (() => void) | undefined;
let cancelReturn: (() => void) | undefined;

/** Once: before anything is shown. */
export function startScrollMemory(): void {
  history.scrollRestoration = 'manual';
  window.addEventListener(
    'scroll',
    () => {
      if (cancelReturn === undefined) cancelNote ??= after(NOTE_AFTER_MS, noteScroll);
    },
    { passive: true },
  );
  window.addEventListener('pagehide', noteScroll);
  for (const name of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
    window.addEventListener(name, endReturn, { passive: true, capture: true });
  }
  returnToScroll();
}

/** Of the entry that is now: also right before another takes its place. */
export function noteScroll(): void {
  cancelNote?.();
  cancelNote = undefined;
  if (cancelReturn !== undefined) return;
  const scrollY = Math.round(window.scrollY);
  if (notedScroll() !== scrollY) history.replaceState({ scrollY }, '');
}

/** After the entry has changed. */
export function returnToScroll(): void {
  cancelNote?.();
  cancelNote = undefined;
  endReturn();
  const wanted = notedScroll();
  window.scrollTo(0, wanted);
  if (wanted === 0) return;
  const untilMs = localNow() + LONGEST_RETURN_MS;
  let settled = 0;
  const step = () => {
    cancelReturn = undefined;
    settled = Math.abs(window.scrollY - wanted) < 2 ? settled + 1 : 0;
    if (settled === 0) window.scrollTo(0, wanted);
    if (settled < SETTLED_STEPS && localNow() < untilMs) cancelReturn = after(STEP_MS, step);
  };
  cancelReturn = after(0, step);
}

function endReturn(): void {
  cancelReturn?.();
  cancelReturn = undefined;
}

function notedScroll(): number {
  const scrollY: unknown = (history.state as { readonly scrollY?: unknown } | null)?.scrollY;
  return typeof scrollY === 'number' ? scrollY : 0;
}
