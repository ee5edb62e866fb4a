/** A set of templates: which definition counts, what is checked when, and what data a rendering can reach. */
import { describe, expect, test } from 'vitest';
import type { NotifiedAlert } from '../model/notification.ts';
import { TemplateError } from './template-error.ts';
import { parseTemplates } from './template-set.ts';
import { exampleAlert, exampleNotification } from './testing/notifications.ts';

const notification = exampleNotification();

function refusal(text: string, files: { name: string; text: string }[] = []): string {
  try {
    return `rendered: ${parseTemplates(files).render(text, notification)}`;
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

describe('definitions', () => {
  test('of a later file replace those of an earlier one', () => {
    const templates = parseTemplates([
      { name: 'a.tmpl', text: '{{ define "subject" }}old{{ end }}{{ define "other" }}kept{{ end }}' },
      { name: 'b.tmpl', text: '{{ define "subject" }}new{{ end }}' },
    ]);
    expect(templates.render('{{ template "subject" . }} {{ template "other" . }}', notification)).toBe('new kept');
  });

  test('that are empty replace nothing', () => {
    const templates = parseTemplates([
      { name: 'a.tmpl', text: '{{ define "subject" }}old{{ end }}' },
      { name: 'b.tmpl', text: '{{ define "subject" }} {{ end }}' },
    ]);
    expect(templates.render('{{ template "subject" . }}', notification)).toBe('old');
  });

  test('see those of other files, whatever the order', () => {
    const templates = parseTemplates([
      { name: 'a.tmpl', text: '{{ define "outer" }}[{{ template "inner" . }}]{{ end }}' },
      { name: 'b.tmpl', text: '{{ define "inner" }}{{ .Status }}{{ end }}' },
    ]);
    expect(templates.render('{{ template "outer" . }}', notification)).toBe('[firing]');
  });

  test('a file is a template by itself, named without its directories', () => {
    const templates = parseTemplates([{ name: '/etc/tocsin/short.tmpl', text: '{{ .Status | toUpper }}' }]);
    expect(templates.render('{{ template "short.tmpl" . }}', notification)).toBe('FIRING');
  });

  test('in a rendered text replace those of the files for this text only', () => {
    const templates = parseTemplates([{ name: 'a.tmpl', text: '{{ define "subject" }}file{{ end }}' }]);
    const text = '{{ define "subject" }}own{{ end }}{{ template "subject" . }}';
    expect(templates.render(text, notification)).toBe('own');
    expect(templates.render('{{ template "subject" . }}', notification)).toBe('file');
  });
});

describe('checking a text before it is needed', () => {
  test('finds what cannot be parsed', () => {
    expect(() => parseTemplates([]).compile('{{ .Status }')).toThrow(TemplateError);
  });

  test('names the templates it calls and nobody defines', () => {
    const templates = parseTemplates([{ name: 'a.tmpl', text: '{{ define "known" }}x{{ end }}' }]);
    const text = '{{ define "own" }}{{ end }}{{ template "own" }}{{ template "known" }}{{ template "typo" }}';
    expect(templates.compile(text).missingTemplates).toEqual(['typo']);
  });
});

describe('an error while rendering', () => {
  test('names the text, the place and the action', () => {
    expect(refusal('{{ .Status }}\n{{ .Alerts.Nope }}')).toBe(
      `template: :2:4: executing "" at <.Alerts.Nope>: can't evaluate field Nope in type template.Alerts`,
    );
  });

  test('in a called template names the file and the template', () => {
    const files = [{ name: 'mail.tmpl', text: 'x\n{{ define "subject" }}{{ toUpper 1 }}{{ end }}' }];
    expect(refusal('{{ template "subject" . }}', files)).toBe(
      'template: mail.tmpl:2:34: executing "subject" at <1>: expected string; found 1',
    );
  });

  test('of a misspelt field lists the fields there are', () => {
    expect(refusal('{{ .GroupLabel }}')).toContain('there are Receiver, Status, Alerts');
  });

  test('of comparing an int with a float says what to write', () => {
    expect(refusal('{{ gt (since now).Hours 1 }}')).toContain('write 1.0');
  });
});

describe('the data', () => {
  test.each([
    ['{{ .CommonLabels.constructor }}|{{ .CommonLabels.toString }}|{{ .CommonLabels.__proto__ }}', '||'],
    ['{{ index .CommonLabels "constructor" }}|{{ index .CommonLabels "__proto__" }}', '|'],
    ['{{ (dict "a" 1).constructor }}', '<no value>'],
    ['{{ (dict "__proto__" 1).__proto__ }}{{ (dict).polluted }}', '1<no value>'],
    ['{{ routeLabels "constructor" }}|{{ routeLabels "__proto__" }}', '|'],
  ])('shows nothing that objects inherit: %s', (text, output) => {
    expect(refusal(text)).toBe(`rendered: ${output}`);
  });

  test.each([
    '{{ .constructor }}',
    '{{ .Alerts.length }}',
    '{{ .Status.length }}',
    '{{ (index .Alerts 0).fields }}',
    '{{ $f := "x" }}{{ $f.constructor }}',
  ])('refuses what Go does not know: %s', (text) => {
    expect(refusal(text)).toContain("can't evaluate field");
  });

  test('labels may be named like what objects inherit', () => {
    const labels = JSON.parse('{"__proto__":"p","constructor":"c","0":"z"}');
    const text = '{{ .GroupLabels }} {{ .GroupLabels.constructor }} {{ toJson .GroupLabels }}';
    expect(parseTemplates([]).render(text, exampleNotification({ groupLabels: labels }))).toBe(
      '0=z, __proto__=p, constructor=c c {"0":"z","__proto__":"p","constructor":"c"}',
    );
  });

  test('times are told in the offset of whoever posted them', () => {
    const alert = exampleAlert({ startsAt: '2024-07-01T12:00:00.5+02:00' });
    const text = '{{ (index .Alerts 0).StartsAt }}';
    expect(parseTemplates([]).render(text, exampleNotification({ alerts: [alert] }))).toBe(
      '2024-07-01 12:00:00.5 +0200 +0200',
    );
  });

  test('a time whose text cannot be read is told in UTC', () => {
    const alert = exampleAlert({ startsAt: 'yesterday', startsAtMs: Date.UTC(2024, 0, 2), endsAt: '' });
    const text = '{{ with index .Alerts 0 }}{{ .StartsAt }} {{ .EndsAt.IsZero }}{{ end }}';
    expect(parseTemplates([]).render(text, exampleNotification({ alerts: [alert] }))).toBe(
      '2024-01-02 00:00:00 +0000 UTC true',
    );
  });

  test('of alerts that are only counted is not made', () => {
    const untouched = (status: NotifiedAlert['status']): NotifiedAlert => ({
      ...exampleAlert({ status }),
      get labels(): never {
        return expect.fail('nobody asked for the labels');
      },
    });
    const alerts = [untouched('firing'), untouched('resolved')];
    const text =
      '{{ .CommonLabels.alertname }} {{ len .Alerts }} {{ .Alerts.Firing | len }} {{ .Alerts.Resolved | len }}';
    expect(parseTemplates([]).render(text, exampleNotification({ alerts }))).toBe('DiskFull 2 1 1');
  });

  test('now is the instant of the notification', () => {
    const later = exampleNotification({ nowMs: Date.UTC(2024, 6, 1, 11, 30) });
    expect(parseTemplates([]).render('{{ now.Hour }} {{ since (index .Alerts 0).StartsAt }}', later)).toBe(
      '11 1h30m0s',
    );
  });
});
