/**
 * Configurations that are right, slightly wrong and damaged, from a seed: what config-acceptance.test.ts shows to us and to
 * Alertmanager's own amtool. Only keys that amtool 0.25 knows, since that is the one there is to ask.
 */
import fc from 'fast-check';
import { stringify } from 'yaml';

type Block = Record<string, unknown>;

/** Mostly the good values, so that a whole configuration has a fair chance to be right. */
function mostly<T>(good: readonly T[], bad: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 400, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...bad) },
  );
}

/** A block with some of its keys; `requiredKeys` are nearly always there. */
function block(keys: Record<string, fc.Arbitrary<unknown>>, requiredKeys: readonly string[] = []): fc.Arbitrary<Block> {
  const required = fc.record(
    Object.fromEntries(requiredKeys.map((key) => [key, keys[key] ?? fc.constant(null)])) as Record<
      string,
      fc.Arbitrary<unknown>
    >,
  );
  const optionalKeys = Object.entries(keys).filter(([key]) => !requiredKeys.includes(key));
  return fc
    .tuple(required, fc.record(Object.fromEntries(optionalKeys), { requiredKeys: [] }))
    .map(([a, b]) => ({ ...a, ...b }));
}

function list<T>(item: fc.Arbitrary<T>, maxLength = 3): fc.Arbitrary<T[]> {
  return fc.array(item, { maxLength });
}

const duration = mostly(
  ['30s', '5m', '1h30m', '1d12h', '2w', '1y', '10ms', '1h0m5s'],
  ['0', '0s', '5', '', '1.5s', '30m1h', '-1s', '1h1h', '5 m', '1M'],
);
const labelName = mostly(['alertname', 'job', '_x', 'a_b', 'A1'], ['', '0a', 'a-b', 'a.b', 'ü', '...', 'a:b']);
const labelValue = fc.constantFrom('', 'x', 'true', '12', 'on', '2020-01-01', 'a b', 'ü', '~', 'null', '0x1F');
const regex = mostly(['.*', 'a|b', '(?i)x', '^a$', '[a-z]+', ''], ['[', '(', 'a{2,1}', '(?<n', '*']);
const matcher = mostly(
  [
    'a=b',
    'a="b"',
    'a=~"x|y"',
    'a!=b',
    'a!~"x.*"',
    '{a="b"}',
    'a="b",c="d"',
    '',
    '{}',
    ' a = b ',
    'a=b,',
    "a='b'",
    'a="\\d"',
    'a=',
  ],
  ['a', '=b', 'a=~"["', 'a="b', 'a=b"', 'a=b,,c=d', 'a.b=c', '"a"="b"', 'a~b', '{a=b', '{,}', 'a=~~'],
);
const boolean = mostly(['true', 'false', 'yes', 'off', 'on', 'N'], ['1', 'maybe', 'TrUe']).map(raw);
const url = mostly(
  ['http://x/', 'https://x:99/p?q=1', 'http://[::1]:80/', 'HTTP://X', 'http://u:p@x/', 'http://10.0.0.1:9093/hook'],
  ['', 'x', 'ftp://x/', '//x/', 'http://', 'http:///p', 'mailto:a@b', 'http://a b/', 'http://x:port/'],
);
const path = fc.constantFrom('file', '/etc/file', '../file', '');
const receiverName = fc.constantFrom('a', 'b', '12', 'on');
const intervalName = mostly(['nights', '2020'], ['days', '']);

function matchers(prefix: string): Record<string, fc.Arbitrary<unknown>> {
  const classicName = mostly(['a', 'b', '_x'], ['a.b', 'a-b', '', '1']);
  return {
    [`${prefix}match`]: fc.dictionary(classicName, labelValue, { maxKeys: 2 }),
    [`${prefix}match_re`]: fc.dictionary(classicName, regex, { maxKeys: 2 }),
    [`${prefix}matchers`]: list(matcher, 2),
  };
}

const timings = { group_wait: duration, group_interval: duration, repeat_interval: duration };
const groupBy = fc.oneof(
  { weight: 20, arbitrary: fc.uniqueArray(labelName, { maxLength: 3 }) },
  { weight: 3, arbitrary: fc.constant(['...']) },
  { weight: 1, arbitrary: list(labelName) },
);

const child: fc.Arbitrary<Block> = fc.letrec<{ route: Block }>((tie) => ({
  route: block({
    receiver: receiverName,
    group_by: groupBy,
    continue: boolean,
    ...matchers(''),
    ...timings,
    mute_time_intervals: list(intervalName, 2),
    active_time_intervals: list(intervalName, 2),
    routes: fc.array(tie('route'), { maxLength: 2, depthIdentifier: 'route' }),
  }),
})).route;

const rootRoute = fc.oneof(
  {
    weight: 60,
    arbitrary: block({ receiver: receiverName, group_by: groupBy, ...timings, routes: list(child) }, ['receiver']),
  },
  { weight: 1, arbitrary: child },
);

const authentications: Record<string, Record<string, fc.Arbitrary<unknown>>> = {
  none: {},
  basic: {
    basic_auth: fc.oneof(block({ username: labelValue, password: labelValue }), block({ password_file: path })),
  },
  bearer: { bearer_token: labelValue },
  typed: { authorization: block({ type: mostly(['Bearer', 'Token'], ['Basic', 'basic']), credentials: labelValue }) },
  several: { basic_auth: block({ username: labelValue }), bearer_token: labelValue, authorization: block({}) },
};

const httpConfig = mostly(['none', 'basic', 'bearer', 'typed'], ['several']).chain((authentication) =>
  block({
    ...authentications[authentication],
    follow_redirects: boolean,
    enable_http2: boolean,
    proxy_url: mostly(['http://proxy:3128'], ['http://a b/']),
    tls_config: block({ insecure_skip_verify: boolean, server_name: labelValue, ca_file: path }),
  }),
);
const rarelyHttp = fc.oneof({ weight: 10, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: httpConfig });

const webhook = block(
  {
    url,
    send_resolved: boolean,
    http_config: rarelyHttp,
    max_alerts: mostly(['0', '5', '0x10', '1_000', '017', '5.0'], ['-1', 'x']).map(raw),
  },
  ['url'],
);
const receiver = fc.record({ webhook_configs: list(webhook, 2) });
const receivers = fc
  .tuple(receiver, receiver, receiver, receiver, mostly([''], ['a', '12', 'c']))
  .map(([a, b, c, d, extra]) => [
    { name: 'a', ...a },
    { name: 'b', ...b },
    { name: '12', ...c },
    { name: 'on', ...d },
    ...(extra === '' ? [] : [{ name: extra }]),
  ]);

const timeOfDay = (times: readonly string[]) => mostly(times, ['24:01', '9:00', '', '12:60', 'noon']);
const interval = block({
  times: list(
    block({ start_time: timeOfDay(['00:00', '08:30', '09:00']), end_time: timeOfDay(['17:00', '24:00']) }, [
      'start_time',
      'end_time',
    ]),
    2,
  ),
  weekdays: list(mostly(['monday', 'Monday:FRIDAY', 'sunday:saturday'], ['mon', 'friday:monday', '1', 'monday:', ''])),
  days_of_month: list(mostly(['1', '1:31', '-3:-1', '-1', '5:-1'], ['0', '32', '-1:5', '28:-1', '5:1', 'x', '1:2:3'])),
  months: list(mostly(['january', '1:12', 'May:august', '12'], ['jan', '5:1', 'december:january', '1:x'])),
  years: list(mostly(['2020', '2020:2022'], ['2022:2020', 'x', '2020:'])),
  location: mostly(['UTC', 'Europe/Berlin', 'America/New_York', ''], ['Europe/Nowhere', 'EST9X']),
});
const intervals = (name: string) =>
  fc.oneof(
    { weight: 20, arbitrary: list(interval, 2).map((specs): unknown[] => [{ name, time_intervals: specs }]) },
    { weight: 1, arbitrary: fc.constant<unknown[]>([{ name: 'nights' }]) },
  );

const global = block({
  resolve_timeout: duration,
  http_config: rarelyHttp,
  smtp_from: labelValue,
  smtp_hello: labelValue,
  smtp_smarthost: mostly(['x:25', '[::1]:587', 'mail.example.org:smtp', ''], ['x', 'x:', '::1:25', 'a:b:c']),
  smtp_auth_username: labelValue,
  smtp_auth_password: labelValue,
  smtp_auth_secret: labelValue,
  smtp_require_tls: boolean,
  slack_api_url: mostly(['https://hooks.example.org/x', '<secret>'], ['', 'x']),
  pagerduty_url: url,
  opsgenie_api_url: url,
  opsgenie_api_key: labelValue,
  wechat_api_url: url,
  wechat_api_secret: labelValue,
  wechat_api_corp_id: labelValue,
  victorops_api_url: url,
  victorops_api_key: labelValue,
  telegram_api_url: url,
  webex_api_url: url,
});
const pairs = fc.oneof(
  { weight: 20, arbitrary: fc.constant<Block>({}) },
  ...[
    { slack_api_url: 'http://x/', slack_api_url_file: 'f' },
    { opsgenie_api_key: 'k', opsgenie_api_key_file: 'f' },
    { victorops_api_key: 'k', victorops_api_key_file: 'f' },
    { opsgenie_api_key_file: 'f' },
  ].map((pair: Block) => ({ weight: 1, arbitrary: fc.constant(pair) })),
);

const document = fc
  .record({
    global: fc.tuple(global, pairs).map(([keys, pair]) => ({ ...keys, ...pair })),
    route: rootRoute,
    receivers,
    inhibit_rules: list(block({ ...matchers('source_'), ...matchers('target_'), equal: list(labelName) }), 2),
    templates: list(fc.constantFrom('*.tmpl', '/etc/x/*.tmpl'), 2),
    time_intervals: intervals('nights'),
    mute_time_intervals: intervals('2020'),
  })
  .chain((whole) =>
    fc.record(Object.fromEntries(Object.entries(whole).map(([key, value]) => [key, fc.constant(value)])), {
      requiredKeys: ['route', 'receivers', 'time_intervals', 'mute_time_intervals'],
    }),
  );

/** A text that is to be written without quotes, whatever YAML takes it for. */
const RAW = '\u{e000}';
function raw(text: string): string {
  return `${RAW}${text}${RAW}`;
}

function toYaml(value: unknown): string {
  const text = stringify(value, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 });
  return text.replace(new RegExp(`"?${RAW}([^${RAW}]*)${RAW}"?`, 'g'), '$1');
}

/** One slip of the keyboard somewhere. */
const damage: fc.Arbitrary<(text: string) => string> = fc
  .tuple(
    fc.constantFrom(
      ...Array<string>(16).fill('none'),
      'drop line',
      'repeat line',
      'indent',
      'unindent',
      'mistype key',
      'empty value',
      'drop character',
      'swap lines',
    ),
    fc.nat(),
    fc.nat(),
  )
  .map(([kind, at, column]) => (text: string) => {
    const lines = text.split('\n');
    const index = at % lines.length;
    const line = lines[index] ?? '';
    const replaceWith = (...replacement: string[]) => lines.toSpliced(index, 1, ...replacement).join('\n');
    const cut = column % Math.max(1, line.length);
    switch (kind) {
      case 'drop line':
        return replaceWith();
      case 'repeat line':
        return replaceWith(line, line);
      case 'indent':
        return replaceWith(` ${line}`);
      case 'unindent':
        return replaceWith(line.replace(/^ {1,2}/, ''));
      case 'mistype key':
        return replaceWith(line.replace(/[a-z](?=[a-z_]*:)/, 'q'));
      case 'empty value':
        return replaceWith(line.replace(/: .*$/, ':'));
      case 'drop character':
        return replaceWith(line.slice(0, cut) + line.slice(cut + 1));
      case 'swap lines':
        return lines.toSpliced(index, 2, lines[index + 1] ?? '', line).join('\n');
      default:
        return text;
    }
  });

export function generateConfigs(count: number, seed: number): readonly string[] {
  const text = fc.tuple(document, damage).map(([value, slip]) => slip(toYaml(value)));
  return fc.sample(text, { numRuns: count, seed });
}
