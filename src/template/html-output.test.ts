import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TemplateError } from './template-error.ts';
import { parseTemplates } from './template-set.ts';
import { exampleNotification as notification } from './testing/notifications.ts';

const templates = parseTemplates([]);
const html = (template: string, labels: Readonly<Record<string, string>> = {}) =>
  templates.renderHtml(template, notification({ groupLabels: labels }));

const LABELS = {
  a: '<b>"it\'s" & 1+1</b>',
  js: 'javascript:alert(1)',
  padded: ' JavaScript:x',
  tab: 'java\tscript:alert(1)',
  data: 'data:text/html,x',
  url: 'http://h/p?q=a b&c=%20%zz#f"',
  q: 'test%20foo',
  path: '/x y/ü',
  css: 'red',
  load: 'url(x)',
  spaces: 'a b=c`d',
  nul: 'a\0b',
};

const ESCAPED = '&lt;b&gt;&#34;it&#39;s&#34; &amp; 1&#43;1&lt;/b&gt;';

// The outputs are those of Alertmanager's own amtool for the same template and labels.
describe('values are escaped as in Alertmanager', () => {
  it.each([
    ['<b>{{ .GroupLabels.a }}</b>', `<b>${ESCAPED}</b>`],
    ['<title>{{ .GroupLabels.a }}</title>', `<title>${ESCAPED}</title>`],
    ['<textarea>{{ .GroupLabels.a }}</textarea>', `<textarea>${ESCAPED}</textarea>`],
    ['<br/>{{ .GroupLabels.a }}', `<br/>${ESCAPED}`],
    ['<script>var x = 1;</script>{{ .GroupLabels.a }}', `<script>var x = 1;</script>${ESCAPED}`],
    ['<a title="{{ .GroupLabels.a }}">', `<a title="${ESCAPED}">`],
    ["<a title='{{ .GroupLabels.a }}'>", `<a title='${ESCAPED}'>`],
    ['<P TITLE = "{{ .GroupLabels.a }}">', `<P TITLE = "${ESCAPED}">`],
    ['{{ define "x" }}<u title="{{ . }}">{{ end }}{{ template "x" .GroupLabels.a }}', `<u title="${ESCAPED}">`],
    ['{{ .GroupLabels.a | safeHtml }}', LABELS.a],
    ['<p class={{ .GroupLabels.css }}>', '<p class=red>'],
    ['<p class={{ .GroupLabels.spaces }}>', '<p class=a&#32;b&#61;c&#96;d>'],
    ['<a href="{{ .GroupLabels.url }}">', '<a href="http://h/p?q=a%20b&amp;c=%20%25zz#f%22">'],
    ['<a href="{{ .GroupLabels.path }}">', '<a href="/x%20y/%c3%bc">'],
    ['<a href="/s?q={{ .GroupLabels.q }}">', '<a href="/s?q=test%2520foo">'],
    ['<a href="/s?q={{ .GroupLabels.a }}">', '<a href="/s?q=%3cb%3e%22it%27s%22%20%26%201%2b1%3c%2fb%3e">'],
    [
      '<a href="http://h/{{ .GroupLabels.path }}#{{ .GroupLabels.q }}">',
      '<a href="http://h//x%20y/%c3%bc#test%2520foo">',
    ],
    ['<a href="{{ .GroupLabels.js }}">', '<a href="#ZgotmplZ">'],
    ['<a href="{{ .GroupLabels.padded }}">', '<a href="#ZgotmplZ">'],
    ['<a href="{{ .GroupLabels.tab }}">', '<a href="#ZgotmplZ">'],
    ['<img src="{{ .GroupLabels.data }}">', '<img src="#ZgotmplZ">'],
    ['<form action="{{ .GroupLabels.js }}">', '<form action="#ZgotmplZ">'],
    ['<a xlink:href="{{ .GroupLabels.js }}">', '<a xlink:href="#ZgotmplZ">'],
    ['<td style="color: {{ .GroupLabels.css }}">', '<td style="color: red">'],
    ['<td style="background: {{ .GroupLabels.load }}">', '<td style="background: ZgotmplZ">'],
    ['<style>p { color: {{ .GroupLabels.css }} }</style>', '<style>p { color: red }</style>'],
    ['{{ .GroupLabels.nul }}', 'a\ufffdb'],
  ])('%s', (template, expected) => expect(html(template, LABELS)).toBe(expected));
});

describe('a value says nothing', () => {
  it.each([
    ['in a comment', '<!-- {{ .GroupLabels.a }} --><b>', '<!--  --><b>'],
    ['in a script', '<script>x = {{ .GroupLabels.a }}</script>', '<script>x = ZgotmplZ</script>'],
    ['in an event handler', '<a onclick="f({{ .GroupLabels.a }})">', '<a onclick="f(ZgotmplZ)">'],
    ['as a tag or an attribute', '<{{ .GroupLabels.css }} {{ .GroupLabels.css }}>', '<ZgotmplZ ZgotmplZ>'],
    ['after such an attribute', '<a {{ .GroupLabels.css }}="{{ .GroupLabels.a }}">', `<a ZgotmplZ="${ESCAPED}">`],
    ['that is a style sheet', '<style>{{ .GroupLabels.load }}</style>', '<style>ZgotmplZ</style>'],
    ['that two of them make a script', '<a href="{{ "java" }}{{ "script:x" }}">', '<a href="java#ZgotmplZ">'],
  ])('%s', (_where, template, expected) => expect(html(template, LABELS)).toBe(expected));
});

it('safeUrl lets another scheme through', () => {
  expect(html('<a href="{{ "tel:+49" | safeUrl }}">')).toBe('<a href="tel:&#43;49">');
});

it('what a value says never changes the markup around it', () => {
  const template =
    '<p title="{{ .GroupLabels.x }}" lang=\'{{ .GroupLabels.x }}\' class={{ .GroupLabels.x }} ' +
    'style="a:{{ .GroupLabels.x }}" onclick="{{ .GroupLabels.x }}"><a href="{{ .GroupLabels.x }}">{{ .GroupLabels.x }}' +
    '</a></p><script>{{ .GroupLabels.x }}</script><!--{{ .GroupLabels.x }}--><title>{{ .GroupLabels.x }}</title>';
  const hostile = fc.stringMatching(/^[<>"'`=/ &+#a-z!:\-\u2028]{0,20}$/);
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (x) => {
      const rendered = html(template, { x });
      // Whatever it says, the same characters of markup are left, in the same order.
      expect(rendered.replace(/[^<>"']/g, '')).toBe(template.replace(/[^<>"']/g, ''));
      expect(/ class=(\S+) style="/.exec(rendered)?.[1]).not.toMatch(/[\s=`]/);
      const href = /href="([^"]*)"/.exec(rendered)?.[1] ?? '';
      expect(/^[^/?#]*:/.exec(href)?.[0] ?? 'http:').toMatch(/^(https?|mailto):$/i);
    }),
  );
});

it('is rendered within the same bounds as text', () => {
  expect(() => html('{{ define "r" }}<p>{{ template "r" }}{{ end }}{{ template "r" }}')).toThrow(TemplateError);
});

it.each([
  ['__subject', '[FIRING:1] DiskFull db1 (node urgent)'],
  ['email.default.subject', '[FIRING:1] DiskFull db1 (node urgent)'],
])('the built-in template %s can be called, and defined anew', (name, expected) => {
  const told = notification({
    groupLabels: { instance: 'db1', alertname: 'DiskFull' },
    commonLabels: { instance: 'db1', alertname: 'DiskFull', severity: 'urgent', job: 'node' },
  });
  const call = `{{ template "${name}" . }}`;
  expect(templates.render(call, told)).toBe(expected);
  expect(templates.compile(call)).toEqual({ missingTemplates: [] });
  const own = parseTemplates([{ name: 'own.tmpl', text: `{{ define "__subject" }}own{{ end }}` }]);
  expect(own.render(call, told)).toBe('own');
});
