/** No template and no label, by accident or on purpose, makes a rendering go on for ever, grow without end or overflow. */
import { expect, test } from 'vitest';
import { TemplateError } from './template-error.ts';
import { parseTemplates } from './template-set.ts';
import { exampleNotification } from './testing/notifications.ts';

function failureOf(text: string): string {
  try {
    return `rendered ${parseTemplates([]).render(text, exampleNotification()).length} characters`;
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

const TOO_DEEP = 'exceeded maximum template depth';
const TOO_LONG = /grows longer than|would be longer than/;
const TOO_MUCH = 'steps; make its loops shorter';
const DOUBLED = '{{ $s := "ab" }}{{ range 18 }}{{ $s = print $s $s }}{{ end }}';

test.each<[string, string, string | RegExp]>([
  ['a template that calls itself', '{{ define "r" }}{{ template "r" . }}{{ end }}{{ template "r" . }}', TOO_DEEP],
  [
    'a template that calls itself twice, inside of blocks and calls',
    `{{ define "r" }}{{ range list 1 2 }}{{ with or 0 (and 1 (print (print (print .)))) }}{{ template "r" . }}
     {{ template "r" . }}{{ end }}{{ end }}{{ end }}{{ template "r" . }}`,
    TOO_DEEP,
  ],
  ['an endless loop', '{{ range 9223372036854775807 }}{{ end }}', TOO_MUCH],
  ['loops inside loops', `${'{{ range 1000 }}'.repeat(5)}{{ end }}{{ end }}{{ end }}{{ end }}{{ end }}`, TOO_MUCH],
  ['a loop over a long text', `${DOUBLED}{{ range 100000 }}{{ $x := toUpper $s }}{{ end }}`, TOO_MUCH],
  ['a loop of the dearest calls', '{{ range 1000000 }}{{ $x := toJson $ }}{{ end }}', TOO_MUCH],
  ['a list that grows and grows', '{{ $l := list }}{{ range 1000000 }}{{ $l = append $l 1 }}{{ end }}', TOO_MUCH],
  ['a regex over long texts', `${DOUBLED}{{ reReplaceAll "x.*y|a" "-" $s }}`, TOO_MUCH],
  ['regexes without end', '{{ range 1000000 }}{{ $m := match (printf "%d" .) "x" }}{{ end }}', TOO_MUCH],
  ['a text that doubles', '{{ $s := "ab" }}{{ range 100 }}{{ $s = print $s $s }}{{ end }}', TOO_LONG],
  [
    'a list that holds itself doubled',
    '{{ $l := list "" }}{{ range 60 }}{{ $l = list $l $l }}{{ end }}{{ $l }}',
    TOO_LONG,
  ],
  ['the same as JSON', '{{ $l := list "" }}{{ range 60 }}{{ $l = list $l $l }}{{ end }}{{ toJson $l }}', TOO_LONG],
  ['much text', '{{ range 100000 }}a text of twenty chars{{ end }}', TOO_LONG],
  ['wide numbers', '{{ printf "%1000000d%1000000d" 1 2 }}', TOO_LONG],
  ['long joints', '{{ join (printf "%1000000d" 1) (stringSlice "a" "b" "c") }}', TOO_LONG],
  [
    'a replacement longer than the text',
    `{{ $r := printf "%0500000d" 0 }}{{ reReplaceAll "." $r "${'x'.repeat(300)}" }}`,
    'too long for one another',
  ],
  [
    'a list nested too deep to print',
    '{{ $l := list }}{{ range 5000 }}{{ $l = list $l }}{{ end }}{{ $l }}',
    'nested deeper',
  ],
  ['more arguments than a call can take', `{{ list${' 1'.repeat(200_000)} }}`, 'arguments in one call'],
  [
    'a time without end',
    '{{ $t := now }}{{ range 100000 }}{{ $t = $t.Add 9223372036854775807 }}{{ end }}',
    'time out of range',
  ],
])('%s ends with an error', (_what, text, message) => {
  expect(failureOf(text)).toMatch(message);
});

test('ten thousand alerts at fifty actions each are no problem', () => {
  const [alert] = exampleNotification().alerts;
  const alerts = Array.from({ length: 10_000 }, () => alert ?? expect.fail('no alert'));
  const text = `{{ range .Alerts }}${'{{ if .Labels.nope }}{{ .Status }}{{ end }}{{ .Annotations.nope }}'.repeat(25)}{{ end }}`;
  expect(parseTemplates([]).render(text, exampleNotification({ alerts }))).toBe('');
});
