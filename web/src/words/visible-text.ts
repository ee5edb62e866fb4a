/**
 * Characters that nobody sees make two labels look alike, or one read as another: where a text is a name they are shown by
 * their number. Joiners stay, since scripts and emoji are written with them.
 */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export function visibleText(text: string): string {
  return text.replace(UNSEEN, (unseen) => `⟨U+${unseen.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}
