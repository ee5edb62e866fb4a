/**
 * The YAML parser's error codes in words. Its own messages repeat pieces of the source, and the piece that does not
 * parse may well be a password with a quote or a `%` in it.
 */
import type { ErrorCode } from 'yaml';

const WORDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag of its own',
  BAD_ALIAS: 'an anchor or alias needs a name of plain letters directly after & or *',
  BAD_DIRECTIVE: 'unknown % directive; remove the line, or quote the value if it is meant to begin with %',
  BAD_DQ_ESCAPE: 'unknown escape in a double-quoted value; write \\\\ for a backslash or use single quotes',
  BAD_INDENT: 'wrong indentation, or a list [ or block { that is not closed',
  BAD_PROP_ORDER: 'an anchor or tag stands in the wrong place; it comes directly before its value',
  BAD_SCALAR_START: 'a value cannot begin with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second ": " on one line; put the value in quotes or on a line of its own',
  BLOCK_IN_FLOW: 'a block of indented lines cannot stand inside [ ] or { }',
  KEY_OVER_1024_CHARS: 'a key longer than 1024 characters',
  MISSING_CHAR: 'a character is missing: a closing quote, a comma, a colon, or the space after one',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line; is a ":" missing or the next line indented too far?',
  MULTIPLE_ANCHORS: 'a value can have only one anchor',
  MULTIPLE_TAGS: 'a value can have only one tag',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAB_AS_INDENT: 'tabs cannot indent; use spaces',
  TAG_RESOLVE_FAILED: 'unknown tag, or a tag that does not fit its value; remove the tag',
  UNEXPECTED_TOKEN: 'unexpected text here; is a quote, a ":" or an indentation wrong?',
};

export function syntaxMessage(code: ErrorCode): string {
  return `not valid YAML: ${WORDS[code] ?? 'the parser cannot make sense of this place'}`;
}
