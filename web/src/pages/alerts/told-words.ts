/** What one integration was told, in words and with a shape beside them. Pure. */
import type { GroupNotification } from '../../../../src/shapes/groups.ts';
import { ageText } from '../../words/age.ts';

export function toldWords(
  { state, at, node }: Pick<GroupNotification, 'state' | 'at' | 'node'>,
  nowMs: number,
): { readonly shape: string; readonly words: string } {
  const ago = at === null ? '' : ` ${ageText(nowMs - Date.parse(at))} ago`;
  const by = node === null || node === '' ? '' : ` by ${node}`;
  switch (state) {
    case 'not yet':
      return { shape: '○', words: 'not told yet' };
    case 'telling':
      return { shape: '…', words: `is being told${by}` };
    case 'sent':
      return { shape: '✓', words: `told${ago}${by}` };
    case 'refused':
      return { shape: '✕', words: `could not be told${ago}${by}` };
    case 'unknown':
      return { shape: '?', words: `may have been told${ago}${by}; the answer was lost` };
  }
}
