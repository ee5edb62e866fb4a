/** What the browser's tab says while nobody looks at the page: how much is urgent, and by its icon's colour how grave it is. */
import type { SeverityName } from '../../src/shapes/terms.ts';

export type Counts = Readonly<Record<SeverityName, number>>;

const QUIET = '#2f9e63';
const COLOURS: readonly (readonly [SeverityName, string])[] = [
  ['urgent', '#d22b1f'],
  ['important', '#e8940c'],
  ['other', '#6b7686'],
  ['interesting', '#2263bd'],
];

/** `(3 urgent) `, or nothing. */
export function titleMark({ urgent, important }: Counts): string {
  if (urgent > 0) return `(${urgent} urgent) `;
  return important > 0 ? `(${important} important) ` : '';
}

export function iconColour(counts: Counts): string {
  return COLOURS.find(([severity]) => counts[severity] > 0)?.[1] ?? QUIET;
}

/** Until what it gives is called. */
export function markTab(counts: Counts): () => void {
  const bare = document.title.replace(/^\(\d+ \w+\) /, '');
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const formerIcon = icon?.href;
  document.title = titleMark(counts) + bare;
  if (icon) icon.href = iconOf(iconColour(counts));
  return () => {
    document.title = document.title.replace(/^\(\d+ \w+\) /, '');
    if (icon && formerIcon !== undefined) icon.href = formerIcon;
  };
}

function iconOf(colour: string): string {
  const bell =
    "<path d='M16 5a7 7 0 0 0-7 7v6l-3 4h20l-3-4v-6a7 7 0 0 0-7-7z' fill='#fff'/><circle cx='16' cy='25.5' r='2.5' fill='#fff'/>";
  const image = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='7' fill='${colour}'/>${bell}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(image)}`;
}
