import { expect, test } from 'vitest';
import {
  forgetUnsent,
  keepUnsent,
  remember,
  rememberedAuthor,
  rememberedComments,
  type Shelf,
  unsentDraft,
} from './remembered.ts';

function memoryShelf(): Shelf {
  const kept = new Map<string, string>();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
}
const draft = { matchers: ['a="b"'], when: '2h', comment: 'half a sent', createdBy: 'ada' };

test('the name and the last comments, each once, the last one first', () => {
  const shelf = memoryShelf();
  for (const comment of ['disks', ' network ', 'disks', '']) remember({ author: 'ada', comment }, shelf);
  expect(rememberedAuthor(shelf)).toBe('ada');
  expect(rememberedComments(shelf)).toEqual(['disks', 'network']);
});

test('what was typed is found again at the same address only, until it was sent', () => {
  const shelf = memoryShelf();
  keepUnsent('/silences/new?filter=a', draft, shelf);
  expect(unsentDraft('/silences/new?filter=a', shelf)).toEqual(draft);
  expect(unsentDraft('/silences/new', shelf)).toBeUndefined();
  forgetUnsent(shelf);
  expect(unsentDraft('/silences/new?filter=a', shelf)).toBeUndefined();
});

test('what others left in its place is not believed', () => {
  const shelf = memoryShelf();
  for (const text of ['{', 'null', '{"address":"/x","draft":{"matchers":[1]}}', '{"address":"/x","draft":null}']) {
    shelf.setItem('tocsin.unsent-silence', text);
    shelf.setItem('tocsin.comments', text);
    expect(unsentDraft('/x', shelf)).toBeUndefined();
    expect(rememberedComments(shelf)).toEqual([]);
  }
});

test('a browser that forbids storage takes nothing away', () => {
  const forbidden = () => {
    throw new Error('SecurityError');
  };
  const shelf: Shelf = { getItem: forbidden, setItem: forbidden, removeItem: forbidden };
  remember({ author: 'ada', comment: 'disks' }, shelf);
  keepUnsent('/x', draft, shelf);
  forgetUnsent(shelf);
  expect([rememberedAuthor(shelf), rememberedComments(shelf), unsentDraft('/x', shelf)]).toEqual(['', [], undefined]);
});
