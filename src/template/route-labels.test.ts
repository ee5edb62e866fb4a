/** Labels of a route: rendered for each flush, and allowed to build upon one another. */
import { expect, test } from 'vitest';
import { parseTemplates } from './template-set.ts';
import { exampleNotification } from './testing/notifications.ts';

const notification = exampleNotification();

function rendered(labels: Record<string, string>) {
  return parseTemplates([]).renderRouteLabels(labels, notification);
}

test('labels are rendered against the notification', () => {
  expect(rendered({ team: 'storage', title: '{{ .GroupLabels.alertname }} {{ .Status }}', empty: '' })).toEqual({
    labels: { empty: '', team: 'storage', title: 'DiskFull firing' },
    problems: [],
  });
});

test('a label may refer to others, which may refer to others', () => {
  const labels = {
    a: '<{{ routeLabels "b" }}>',
    b: '{{ routeLabels "c" | toUpper }}',
    c: '{{ .GroupLabels.alertname }}',
    nobody: '{{ routeLabels "missing" }}',
  };
  expect(rendered(labels).labels).toEqual({ a: '<DISKFULL>', b: 'DISKFULL', c: 'DiskFull', nobody: '' });
});

test('labels that refer to one another in a circle are left out, each with the chain', () => {
  const { labels, problems } = rendered({ a: '{{ routeLabels "b" }}', b: '{{ routeLabels "a" }}', c: 'fine' });
  expect(labels).toEqual({ c: 'fine' });
  expect(problems.map(({ label }) => label)).toEqual(['a', 'b']);
  expect(problems[0]?.message).toContain('route label cycle detected: a -> b -> a');
});

test('a label that fails takes those that refer to it along, and no other', () => {
  const { labels, problems } = rendered({ bad: '{{ .Nope }}', fine: 'x', user: '{{ routeLabels "bad" }}' });
  expect(labels).toEqual({ fine: 'x' });
  expect(problems.map(({ label }) => label)).toEqual(['bad', 'user']);
});

test('a label that is too much work leaves the work of the others alone', () => {
  const { labels, problems } = rendered({ a: '{{ range 99999999 }}{{ end }}', b: '{{ range 3 }}{{ . }}{{ end }}' });
  expect(labels).toEqual({ b: '012' });
  expect(problems.map(({ label }) => label)).toEqual(['a']);
});

test('a long chain of references ends with a problem, not with a crash', () => {
  const chain = Object.fromEntries(
    Array.from({ length: 2000 }, (_, index) => [`l${index}`, `{{ routeLabels "l${index + 1}" }}`]),
  );
  expect(rendered(chain).problems.at(0)?.message).toContain('exceeded maximum template depth');
});

test('in labels the route labels are as configured, and the reason is not known yet', () => {
  const { labels } = rendered({ raw: '{{ .RouteLabels.other }}', other: '{{ 1 }}', why: '{{ .NotificationReason }}' });
  expect(labels).toEqual({ other: '1', raw: '{{ 1 }}', why: 'unknown' });
});

test('in messages route labels are rendered already and are not rendered again', () => {
  const told = exampleNotification({ routeLabels: { team: '{{ .Status }}' } });
  expect(parseTemplates([]).render('{{ routeLabels "team" }} {{ .RouteLabels.team }}', told)).toBe(
    '{{ .Status }} {{ .Status }}',
  );
});

test('a label named like what objects inherit is a label', () => {
  const labels = JSON.parse('{"__proto__":"{{ 1 }}"}');
  expect(Object.entries(rendered(labels).labels)).toEqual([['__proto__', '1']]);
});
