/** Regular expressions, right and wrong, and texts to try them on: what the RE2 of Go and ours have to agree about. */

/** One of each construct there is, and of those that other dialects have. */
export const PATTERNS: readonly string[] = [
  ...String.raw`
    a a|b (a|b)c a* a+? a{2} a{2,} a{,2} a{1001} (a{500}){3} [a-z] [^a-z] [a []a] [a-] [z-a] . .* (?s). (?i)k
    (?i)ß (?i)ſ (?i-s:a.) (?m)^a$ (?U)a+ (?x)a \d \D \w+ \s \b \Ba \Z \pL \p{Greek} \P{Lu} \p{^Lu} \p{L
    \p{Foo} [[:alpha:]]+ [[:^digit:]] [[:foo:]] \x41 \x{1F692} \u0041 \101 \07 \1 \Qa.b\E \Qa.b \E \C \a \v
    \h \R \X (?P<n>a) (?P=n) (?=a) (?!a) (?<=a) (?>a) (?#c) a** a++ *a + ? a|* ( ) () (|a) ^ $ ^a a$ a^b { }
    {1} a{1 a{1,2 a{-1} é 🚒 🚒? \. \- \_ \é [\d-z] [a&&b] [\pL] \n \t (?i)[^x] [^\n] (?:a) ((((a)))) x*y*z*
    (a*)* (a|ab)(c|bcd) [\x{100}-\x{10ffff}] (?i)straße \p{Latin}+ .{3} [é] [^é]
  `
    .trim()
    .split(/\s+/),
  '',
  '\\A a\\z',
  'e\u0301',
  '\\ ',
  '\n',
  ' ',
];

/** Known only to the Go of later releases than 1.19. */
export const NEWER_PATTERN = '(?<n>a)';

export const TEXTS: readonly string[] = [
  'a',
  'b',
  'ab',
  'aa',
  'ac',
  'abcd',
  'A',
  'k',
  'K',
  '\u212a',
  's',
  'S',
  'ſ',
  'ß',
  'ẞ',
  'SS',
  '\n',
  'a\nb',
  'a\n',
  '1',
  '12',
  '_',
  ' ',
  '\t',
  '\u00a0',
  '\v',
  'α',
  'é',
  'e\u0301',
  '🚒',
  '🚒🚒',
  'a.b',
  '.',
  '-',
  '{',
  '}',
  '{1}',
  'a{,2}',
  '"',
  '\\',
  'x',
  'xyz',
  'STRASSE',
  'strasse',
  'straße',
  'abc',
  '\u2028',
  '日本語',
  '\u0130',
  '\u0131',
  'aab',
  'z',
];
