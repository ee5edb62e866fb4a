/**
 * The page the node wrote stays in sight until the script has something better: first a page of ours grows beside it, unseen,
 * then it takes its place in one step.
 */

let takeOverNow: (() => void) | undefined;

/** Gives where to draw: next to what the node wrote, and not seen yet. */
export function prepareTakeOver(written: HTMLElement): HTMLElement {
  const grown = document.createElement('div');
  grown.hidden = true;
  written.after(grown);
  takeOverNow = () => {
    written.remove();
    grown.hidden = false;
    grown.id = written.id;
    takeOverNow = undefined;
    // What measured itself while nothing was seen measures again.
    window.dispatchEvent(new Event('resize'));
  };
  return grown;
}

/** Once; then it does nothing. */
export function takeOver(): void {
  takeOverNow?.();
}
