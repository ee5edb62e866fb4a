/** Laws: whatever the text, the outcome is a text or a TemplateError, and the same one every time. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FUNCTION_NAMES } from './functions.ts';
import { TemplateError } from './template-error.ts';
import { parseTemplates } from './template-set.ts';
import { exampleNotification } from './testing/notifications.ts';

const notification = exampleNotification({ routeLabels: { team: 'storage' } });

/** The rendered text, or the error's message. Anything but a TemplateError breaks the law. */
function outcome(text: string): string {
  try {
    return parseTemplates([]).render(text, notification);
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

const tokens = fc.constantFrom(
  ...'{{ }} {{- -}} {{/* */}} if else end range with define template block break continue nil true'.split(' '),
  ...[' ', '\n', '.', '$', '$x', ':=', '=', '|', '(', ')', ',', ':', '"t"', '`r`', "'c'", '"', "'", '`', '\\'],
  ...['.Status', '.Alerts', '.A.B', '1', '-1.5e3', '0x', '9e999', '1i', 'len', 'printf', 'and', 'ü', '\ud800', '\0'],
);

const value = fc.letrec<{ operand: string; pipeline: string }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('.', '$', '.Status', '.Alerts', '.GroupLabels', '.Labels.x', '$x', '.StartsAt', '$.Alerts.Firing'),
    fc.constantFrom('nil', 'true', '0', '-7', '2.5', "'x'", '"%5.2v %[2]d %*d"', '"(a*)b"', '"2006 MST .000"', '""'),
    tie('pipeline').map((pipeline) => `(${pipeline})`),
    fc
      .tuple(tie('pipeline'), fc.constantFrom('Format', 'Names', 'Sub', 'Year', 'k'))
      .map(([p, name]) => `(${p}).${name}`),
  ),
  pipeline: fc
    .array(
      fc.tuple(
        fc.constantFrom(...FUNCTION_NAMES, 'now.Add', '.Alerts.Firing', 'now.AddDate', '.GroupLabels.Remove'),
        fc.array(tie('operand'), { maxLength: 3 }),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((commands) => commands.map((command) => command.flat().join(' ')).join(' | ')),
})).pipeline;

const statements = fc
  .letrec<{ list: string; statement: string }>((tie) => ({
    list: fc.array(tie('statement'), { maxLength: 4 }).map((list) => list.join('')),
    statement: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      value.map((pipeline) => `{{ ${pipeline} }}`),
      value.map((pipeline) => `{{- $x = ${pipeline} -}}`),
      value.map((pipeline) => `{{ template "t" ${pipeline} }}`),
      fc
        .tuple(
          fc.constantFrom('if', 'with', 'range', 'range $x :=', 'range $x, $y :='),
          value,
          tie('list'),
          tie('list'),
        )
        .map(
          ([keyword, pipeline, body, otherwise]) =>
            `{{ ${keyword} ${pipeline} }}${body}{{ else }}${otherwise}{{ end }}`,
        ),
    ),
  }))
  .list.map((list) => `{{ $x := . }}{{ define "t" }}<{{ . }}>{{ end }}${list}`);

test('any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(outcome(`{{${text}`)).toBe(outcome(`{{${text}`));
    }),
  );
});

test('any tokens', () => {
  fc.assert(
    fc.property(fc.array(tokens, { maxLength: 30 }), (list) => {
      const text = list.join('');
      expect(outcome(text)).toBe(outcome(text));
    }),
    { numRuns: 1000 },
  );
});

test('any well-formed template', () => {
  fc.assert(
    fc.property(statements, (text) => {
      expect(outcome(text)).toBe(outcome(text));
    }),
    { numRuns: 500 },
  );
});

test('text without actions is rendered as it stands', () => {
  const plain = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('{{'));
  fc.assert(fc.property(plain, (text) => outcome(text) === text && outcome(`${text}{{ "" }}`) === text));
});

test('a quoted string says what it quotes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const literal = JSON.stringify(text).replaceAll('\\/', '/');
      expect(outcome(`{{ ${literal} }}`)).toBe(text);
    }),
  );
});

test('of any labels the names come out in order, alertname first', () => {
  const labels = fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(labels, fc.boolean(), (others, hasAlertname) => {
      const groupLabels = hasAlertname ? { ...others, alertname: 'DiskFull' } : others;
      const names = Object.keys(groupLabels).filter((name) => name !== 'alertname');
      const sorted = names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const rendered = parseTemplates([]).render(
        '{{ toJson .GroupLabels.Names }}',
        exampleNotification({ groupLabels }),
      );
      expect(JSON.parse(rendered)).toEqual(Object.hasOwn(groupLabels, 'alertname') ? ['alertname', ...sorted] : sorted);
    }),
  );
});

test('a float prints so that it reads back as the same number', () => {
  const verb = fc.constantFrom('%v', '%g', '%.17g', '%.16e', '%.1100f');
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), verb, (number, format) => {
      // Adding zero takes the sign off a zero, which JavaScript would not write.
      const written = (number + 0).toExponential();
      expect(Number(outcome(`{{ printf "${format}" ${written} }}`))).toBe(number + 0);
    }),
  );
});

test('a time reads back from a layout that shows all of it', () => {
  const layout = fc.constantFrom(
    '2006-01-02T15:04:05.999Z07:00',
    'Mon Jan _2 15:04:05.000 -0700 2006',
    '3:04:05.000PM Monday, 2 January 2006 Z0700',
    '2006 002 15h4m5,999 -07:00:00',
  );
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe');
  const nowMs = fc.integer({ min: Date.UTC(1972, 0), max: Date.UTC(9999, 0) });
  fc.assert(
    fc.property(layout, zone, nowMs, (shown, name, instant) => {
      const text = `{{ $t := tz "${name}" now }}{{ (mustToDate "${shown}" ($t.Format "${shown}")).Equal now }}`;
      expect(parseTemplates([]).render(text, exampleNotification({ nowMs: instant }))).toBe('true');
    }),
  );
});
