/** Says that something is on its way; only after a moment, since most of it is there before. */
import './loading.css';

export function Loading({ what = 'Loading' }: { readonly what?: string }) {
  return (
    <p class="loading" role="status">
      {what} …
    </p>
  );
}
