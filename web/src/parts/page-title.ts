/** What a tab or a bookmark is called once the page knows what it shows; until then the frame has named it by its kind. */
import { useEffect } from 'preact/hooks';
import { node } from '../api/live.ts';

export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    if (title !== undefined && title !== '') document.title = `${title} · Tocsin ${node.value}`;
  }, [title]);
}
