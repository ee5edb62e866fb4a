/**
 * What this browser remembers of who makes silences: the name, the last comments, and a form that was not sent. All of it is
 * a convenience: where the browser keeps nothing, everything works without.
 */
import type { Draft } from './draft.ts';

const AUTHOR = 'tocsin.author';
const COMMENTS = 'tocsin.comments';
const UNSENT = 'tocsin.unsent-silence';
const MOST_COMMENTS = 8;

/** The part of Storage that is used. */
export interface Shelf {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

const EMPTY: Shelf = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };

/** Even to name the storage throws where it is forbidden. */
const shelf = (which: () => Shelf): Shelf => {
  try {
    return which();
  } catch {
    return EMPTY;
  }
};
const lasting = () => shelf(() => localStorage);
const ofThisTab = () => shelf(() => sessionStorage);

export function rememberedAuthor(storage: Shelf = lasting()): string {
  return read(storage, AUTHOR) ?? '';
}

/** The last one first. */
export function rememberedComments(storage: Shelf = lasting()): readonly string[] {
  const found = parsed(read(storage, COMMENTS));
  return Array.isArray(found) ? found.filter((each) => typeof each === 'string').slice(0, MOST_COMMENTS) : [];
}

export function remember(
  { author, comment }: { readonly author: string; readonly comment: string },
  storage: Shelf = lasting(),
): void {
  if (author.trim() !== '') write(storage, AUTHOR, author.trim());
  if (comment.trim() === '') return;
  const comments = [comment.trim(), ...rememberedComments(storage).filter((each) => each !== comment.trim())];
  write(storage, COMMENTS, JSON.stringify(comments.slice(0, MOST_COMMENTS)));
}

/** `address` is that of the form: what was typed in one does not turn up in another. */
export function keepUnsent(address: string, draft: Draft, storage: Shelf = ofThisTab()): void {
  write(storage, UNSENT, JSON.stringify({ address, draft }));
}

export function unsentDraft(address: string, storage: Shelf = ofThisTab()): Draft | undefined {
  const found = parsed(read(storage, UNSENT)) as { address?: unknown; draft?: Partial<Draft> } | undefined;
  if (found?.address !== address || typeof found.draft !== 'object' || found.draft === null) return undefined;
  const { matchers, when, comment, createdBy } = found.draft;
  const isDraft =
    Array.isArray(matchers) && [when, comment, createdBy, ...matchers].every((each) => typeof each === 'string');
  return isDraft ? (found.draft as Draft) : undefined;
}

export function forgetUnsent(storage: Shelf = ofThisTab()): void {
  try {
    storage.removeItem(UNSENT);
  } catch {
    // Nothing was kept then.
  }
}

function read(storage: Shelf, name: string): string | null {
  try {
    return storage.getItem(name);
  } catch {
    return null;
  }
}

function write(storage: Shelf, name: string, value: string): void {
  try {
    storage.setItem(name, value);
  } catch {
    // Full or forbidden: it is typed again next time.
  }
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
