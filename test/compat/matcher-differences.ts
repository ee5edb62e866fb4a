/** What is different about matchers on purpose. The names are those of docs/compatibility.md, which gives the reasons. */
export const matcherDifferences = {
  names: 'label names of any letters',
  braces: 'braces around a single matcher are refused',
  groups: 'named groups may be written (?<name>…)',
} as const;
