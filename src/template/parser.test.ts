/** What a template's author is told about mistakes: where, what, and what to do. */
import { expect, test } from 'vitest';
import { FUNCTION_NAMES } from './functions.ts';
import { parseText } from './parser.ts';
import { TemplateError } from './template-error.ts';

function mistakeIn(text: string): TemplateError {
  try {
    parseText({ name: '/etc/tocsin/mail.tmpl', text }, FUNCTION_NAMES);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('the text was taken');
}

test.each([
  ['an unknown function', '{{ nosuch . }}', 'function "nosuch" not defined; a field begins with a dot'],
  ['an undeclared variable', '{{ $x }}', 'undefined variable "$x"; declare it with $x := …'],
  ['an action without an end', '{{ .Status', 'unclosed action; end it with }}'],
  ['a block without an end', '{{ range .Alerts }}x', 'unexpected EOF; {{range}} lacks its {{end}}'],
  ['an end too many', 'x{{ end }}', 'unexpected {{end}}; nothing is open here'],
  ['an else too many', '{{ if true }}{{ else }}{{ else }}{{ end }}', 'found {{else}} after {{else}} of {{if}}'],
  ['a define inside a block', '{{ if true }}{{ define "x" }}{{ end }}{{ end }}', 'at the top level only'],
  ['two definitions of one name', '{{ define "a" }}1{{ end }}{{ define "a" }}2{{ end }}', 'multiple definition'],
  ['a break outside of a loop', '{{ break }}', '{{break}} outside {{range}}'],
  ['an open parenthesis', '{{ (.Status }}', 'unclosed left paren; add a )'],
  ['an open string', '{{ "x }}', 'unterminated quoted string; add a "'],
  ['a broken escape', '{{ "\\q" }}', 'write \\\\ for a backslash'],
  ['a constant after a pipe', '{{ .Status | 3 }}', 'a function or method belongs after |'],
  ['a complex number', '{{ 1i }}', 'complex numbers are not supported'],
  ['too large a number', '{{ 9223372036854775808 }}', '64 bits is the most'],
])('%s', (_mistake, text, message) => {
  expect(mistakeIn(text).message).toContain(message);
});

test('a mistake is told with file, line and column, counted from one', () => {
  const mistake = mistakeIn('first line\n  {{ nosuch }}');
  expect(mistake).toMatchObject({ template: '/etc/tocsin/mail.tmpl', line: 2, column: 6 });
  expect(mistake.message).toMatch(/^template: \/etc\/tocsin\/mail\.tmpl:2:6: /);
});

test('a mistake behind a multi-line string is told on its own line', () => {
  expect(mistakeIn('{{ `a\nb` }}\n{{ nosuch }}')).toMatchObject({ line: 3, column: 4 });
});

test.each([
  ['parentheses', '{{'.concat('('.repeat(50_000))],
  ['blocks', '{{ if true }}'.repeat(50_000)],
])('%s inside one another without end are refused', (_kind, text) => {
  expect(mistakeIn(text).message).toContain('move a part into a {{define}}');
});

test('a chain of else ifs may be long', () => {
  const text = `{{ if false }}${'{{ else if false }}'.repeat(5000)}{{ end }}`;
  expect(() => parseText({ name: '', text }, FUNCTION_NAMES)).not.toThrow();
});
