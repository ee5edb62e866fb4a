/** Which field of the form a refusal of the server is about, by its words, so that it can stand beside that. Pure. */

export type RefusedField = 'matchers' | 'when' | 'createdBy' | 'whole';

export function refusedField(words: string): RefusedField {
  // A matcher may say anything, also "end time"; so it is looked for first.
  if (/\bmatchers?\b/i.test(words)) return 'matchers';
  if (/\b(?:start|end) time\b|\b(?:startsAt|endsAt|timestamp)\b/i.test(words)) return 'when';
  if (/\bcreatedBy\b/.test(words)) return 'createdBy';
  return 'whole';
}
