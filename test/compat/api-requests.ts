/**
 * Requests to API v2 from a seed: alerts and silences that are right, odd and wrong, and questions about them. In what they
 * ask for everything is distinct that orders an answer, so that there is one right answer.
 */
import fc from 'fast-check';

export interface ApiRequest {
  readonly method: string;
  /** `{silence:7}` stands for the id of one of the silences made so far, whichever 7 comes to; `{silence:last}` of the last. */
  readonly path: string;
  readonly query?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly contentType?: string;
}

/** A request but for what depends on when, and as how-manieth, it is sent. */
type Draft = (context: { readonly nowMs: number; readonly index: number }) => ApiRequest;

export interface GeneratorOptions {
  readonly count: number;
  readonly seed: number;
  readonly nowMs: number;
}

export function generateRequests({ count, seed, nowMs }: GeneratorOptions): readonly ApiRequest[] {
  const sample = fc.sample(draft, { numRuns: count, seed }).map((make, index) => make({ nowMs, index }));
  return [...sample, ...fixedRequests];
}

/** Mostly the good ones, so that a whole request has a fair chance to be right. */
function mostly<T>(good: readonly T[], bad: readonly T[], weight = 25): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: fc.constantFrom(...bad) });
}

type Instant = (context: { readonly nowMs: number; readonly index: number }) => unknown;

const offsets = (...seconds: number[]): Instant[] =>
  seconds.map(
    (offset) =>
      ({ nowMs }) =>
        iso(nowMs + offset * 1000),
  );
/** No two requests name the same. */
const distinct: Instant = ({ nowMs, index }) => iso(nowMs + (3600 + index) * 1000);
const constant =
  (value: unknown): Instant =>
  () =>
    value;
/** What Go clients send for no time at all. */
const UNSET = '0001-01-01T00:00:00.000Z';

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** The same instant as a checker in another zone may write it, with as many digits as it likes. */
function elsewhere(ms: number): string {
  return `${iso(ms + 7_200_000).slice(0, 19)}.123456789+02:00`;
}

type Part = fc.Arbitrary<unknown>;

/** Of several mistakes either server names the one it comes upon first, so there is never more than one. */
function atMostOneWrong<Key extends string>(
  right: Readonly<Record<Key, Part>>,
  wrong: Readonly<Partial<Record<Key, Part>>>,
): fc.Arbitrary<Record<string, unknown>> {
  const mistakes = Object.entries<Part | undefined>(wrong).map(([key, part]) =>
    fc.record({ [key]: part ?? fc.constant(undefined) }),
  );
  const mistake = fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: fc.oneof(...mistakes) });
  return fc.tuple(fc.record<Record<string, unknown>>(right), mistake).map(([parts, other]) => ({ ...parts, ...other }));
}

const labelName = fc.constantFrom('job', 'instance', 'severity', 'team', '_x', 'odd');
const wrongLabelName = fc.constantFrom('a-b', '0', '', 'a.b', 'ü', 'a:b');
const labelValue = mostly(['a', 'b', 'page', 'critical', 'warning', '12'], ['', 'x"y', '\\', 'ü\n', '<&>', ' ', '🚒']);
const labels = fc
  .tuple(
    fc.constantFrom<Record<string, string>>({ alertname: 'A' }, { alertname: 'B' }, { alertname: 'ü' }, { team: 'b' }),
    fc.dictionary(labelName, labelValue, { maxKeys: 3 }),
  )
  .map(([name, others]) => ({ ...others, ...name }));
const wrongLabels = fc.oneof(
  fc.constantFrom<Record<string, string>>({}, { job: '' }),
  fc.tuple(labels, wrongLabelName).map(([right, name]) => ({ ...right, [name]: 'x' })),
);

/** What is wrong with one of these, if anything, Alertmanager's handler finds: it takes the others of the batch. */
const alert = atMostOneWrong(
  {
    labels,
    annotations: fc.constantFrom<unknown>(
      undefined,
      {},
      null,
      { summary: 'two\nlines' },
      { empty: '', summary: 'ü' },
      { none: null },
    ),
    generatorURL: fc.constantFrom<unknown>(
      undefined,
      '',
      'http://prometheus.test/graph?x=1',
      'http://u@[::1]:9090/é%20',
      '/path',
      'http://',
      'mailto:x',
    ),
    startsAt: fc.constantFrom<Instant>(
      constant(undefined),
      ...offsets(-7200, -3600),
      ({ nowMs }) => elsewhere(nowMs - 5400_000),
      ({ nowMs }) => iso(nowMs - 5400_000).replace('.', ','),
      constant(UNSET),
      constant(null),
    ),
    endsAt: fc.constantFrom<Instant>(
      constant(undefined),
      distinct,
      distinct,
      ...offsets(-120, 7200),
      ({ nowMs }) => elsewhere(nowMs + 5400_000),
      constant(UNSET),
    ),
    unknown: fc.constantFrom(undefined, 1),
  },
  {
    labels: wrongLabels,
    annotations: fc.constantFrom({ 'a-b': 'x' }, { '': 'x' }),
    startsAt: fc.constantFrom<Instant>(...offsets(9000)),
  },
).map(withInstants);

function withInstants(parts: Record<string, unknown>): Instant {
  return (context) => {
    const at = (instant: unknown) => (typeof instant === 'function' ? instant(context) : instant);
    return { ...parts, startsAt: at(parts.startsAt), endsAt: at(parts.endsAt) };
  };
}

const rightLabels = fc.constant({ alertname: 'A', job: 'misshapen' });
const oddTimes = [
  'yesterday',
  5,
  {},
  '2036-02-30T00:00:00Z',
  '2036-02-03T04:05:06',
  '2036-02-03 04:05:06',
  '2036-02-03T24:00:00Z',
  '2036-02-03T04:05Z',
] as const;

/** What is wrong with one of these Alertmanager finds before its handler is asked; then it takes nothing of a batch. */
const misshapenAlert = fc
  .oneof(
    fc.record({ labels: fc.constantFrom<unknown>(undefined, null, [], 'x', { a: 1 }, { a: {} }) }),
    fc.record({ labels: rightLabels, annotations: fc.constantFrom<unknown>([], { a: 1 }, 'x') }),
    fc.record({ labels: rightLabels, generatorURL: fc.constantFrom<unknown>('::', 'x', 5, '?x') }),
    fc.record({ labels: rightLabels, startsAt: fc.constantFrom(...oddTimes, '') }),
    fc.record({ labels: rightLabels, endsAt: fc.constantFrom(...oddTimes) }),
  )
  .map((parts) => withInstants(parts));

const oddBodies = ['', '[]', '{}', '[[]]', '"x"', '[1]', 'x', '[{}', '{"a":1}'] as const;

const postAlerts: fc.Arbitrary<Draft> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.array(alert, { maxLength: 4 }).map(
      (alerts): Draft =>
        (context) => ({
          method: 'POST',
          path: '/alerts',
          body: JSON.stringify(alerts.map((make) => make(context))),
        }),
    ),
  },
  {
    weight: 3,
    arbitrary: misshapenAlert.map(
      (make): Draft =>
        (context) => ({
          method: 'POST',
          path: '/alerts',
          body: JSON.stringify([make(context)]),
        }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...oddBodies).map((body) => () => ({ method: 'POST', path: '/alerts', body })),
  },
);

const postedMatcher = fc.record({
  name: fc.constantFrom('alertname', 'job', 'severity', 'team'),
  value: mostly(['A', 'B', 'a', 'a|b', 'cr.+', 'x"y', 'p[a-z]*e'], ['ü\n', '[[:alpha:]]+', '(?i)A', '^A$'], 8),
  isRegex: fc.boolean(),
  isEqual: fc.constantFrom<unknown>(undefined, true, true, false, null),
});
const anyMatcher = fc.constantFrom(
  { name: 'job', value: '', isRegex: false },
  { name: 'job', value: '', isRegex: false, isEqual: false },
  { name: 'team', value: '.*', isRegex: true },
  { name: 'team', value: '', isRegex: true, isEqual: false },
);
const wrongMatcher = fc.oneof(
  fc.record({ name: fc.constantFrom('a-b', '', 'ü', '0', 'a:b'), value: fc.constant('x'), isRegex: fc.boolean() }),
  fc.record({ name: fc.constant('job'), value: fc.constantFrom('(', '[a', 'a{2,1}'), isRegex: fc.constant(true) }),
  fc.constantFrom<unknown>(
    {},
    { name: 'a', value: 'b' },
    { name: 'a', isRegex: false },
    { value: 'a', isRegex: false },
    { name: 'a', value: 1, isRegex: false },
    { name: 'a', value: 'b', isRegex: 'no' },
    [],
    'x',
  ),
);
const rightMatchers = fc
  .tuple(fc.array(anyMatcher, { maxLength: 1 }), fc.array(postedMatcher, { minLength: 1, maxLength: 2 }))
  .map(([any, some]) => [...any, ...some]);

const silenceParts = {
  matchers: rightMatchers,
  startsAt: fc.constantFrom<Instant>(...offsets(-3600, -60), ({ nowMs, index }) => iso(nowMs + (600 + index) * 1000)),
  endsAt: fc.constantFrom<Instant>(distinct, ({ nowMs, index }) => elsewhere(nowMs + (7200 + index) * 1000)),
  createdBy: fc.constantFrom('me', '', 'ü'),
  comment: fc.constantFrom('why', '', 'two\nlines <&>'),
};
const rightSilence = fc.record<Record<string, unknown>>(silenceParts).map(withInstants);
const silence = atMostOneWrong(silenceParts, {
  matchers: fc.oneof(
    fc.constantFrom<unknown>([], undefined, null, {}, 'x'),
    fc.tuple(rightMatchers, wrongMatcher).map((parts) => parts.flat()),
    fc.array(anyMatcher, { minLength: 1, maxLength: 2 }),
  ),
  startsAt: fc.constantFrom<Instant>(
    ...offsets(99_999),
    constant(undefined),
    constant(null),
    constant(''),
    constant('x'),
    constant(UNSET),
  ),
  endsAt: fc.constantFrom<Instant>(
    ...offsets(-3000),
    constant(undefined),
    constant('x'),
    constant(UNSET),
    constant(''),
  ),
  createdBy: fc.constantFrom<unknown>(undefined, null, 5),
  comment: fc.constantFrom<unknown>(undefined, null, {}),
}).map(withInstants);

const silenceReference = fc.oneof(
  { weight: 12, arbitrary: fc.nat(50).map((number) => `{silence:${number}}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '00000000-0000-4000-8000-000000000000',
      'x',
      '0',
      '{silence:1}x',
      'ABCDEFAB-0000-4000-8000-00000000000A',
    ),
  },
);

const noId = fc.constantFrom<unknown>(undefined, '');

/** What is to change a silence is right: Alertmanager 0.25 ends the old one before it looks at the new one. */
const postSilence: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(silence, noId).map(silencePost) },
  { weight: 6, arbitrary: fc.tuple(rightSilence, silenceReference).map(silencePost) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...oddBodies).map((body) => () => ({ method: 'POST', path: '/silences', body })),
  },
);

function silencePost([make, id]: [Instant, unknown]): Draft {
  return (context) => {
    const body = JSON.stringify({ id, ...(make(context) as object) });
    return { method: 'POST', path: '/silences', body };
  };
}

/** Leaves the matchers as they are, so that the very same silence may go on; whether it does, its start decides. */
const changeSilence: fc.Arbitrary<Draft> = fc
  .tuple(
    fc.nat(50),
    fc.constantFrom<Instant | undefined>(undefined, undefined, ...offsets(-60), ({ nowMs, index }) =>
      iso(nowMs + (900 + index) * 1000),
    ),
  )
  .map(([number, start]) => (context) => {
    const changes = { comment: `changed ${context.index}`, endsAt: distinct(context), startsAt: start?.(context) };
    return { method: 'POST', path: '/silences', body: JSON.stringify({ copyOf: `{silence:${number}}`, ...changes }) };
  });

const aboutSilence: fc.Arbitrary<Draft> = fc
  .tuple(fc.constantFrom('GET', 'GET', 'DELETE'), silenceReference)
  .map(([method, id]) => () => ({ method, path: `/silence/${id}` }));

const filter = mostly(
  [
    'alertname="A"',
    'alertname=A',
    'alertname=~"A|B"',
    'alertname=~A|ü',
    'alertname!="A"',
    'alertname!~"A.*"',
    ' job = a ',
    'job=',
    'job=""',
    'job!=""',
    'job!=',
    'job=~""',
    'job=~".*"',
    'job!~".+"',
    'job!~""',
    'nowhere=""',
    'nowhere!="x"',
    'nowhere=~".*"',
    'team="x\\"y"',
    'team=x\\"y',
    'severity=~"^(critical|warning)$"',
    'severity=~"(?i)CRITICAL"',
    'team=~"[[:alpha:]]"',
    'odd="\\\\"',
    'odd="ü\\n"',
    'odd=~"ü\\n"',
    'odd=~ü.',
    'odd=" "',
    "odd='a'",
    'a:b=c',
    'team=\\d',
    'team="\\d"',
    'team=a,b',
  ],
  [
    '',
    'a',
    '=b',
    'a=~(',
    'a="b',
    'a=b"',
    'a b=c',
    'a.b=c',
    '{a=b}',
    'a=b}',
    '"a"="b"',
    'a=~"[b"',
    'a==b',
    'a=="b"',
    'ü=1',
  ],
  12,
);
const flag = mostly(['true', 'false', ''], ['1', '0', 'YES', 'no', 'ok', 'nonsense', 'T'], 6);
const receiver = mostly(['team', 'pager', 'p.*', 'team|pager', '', 'nobody', '.*shift'], ['(', '[a', 'a{2,1}'], 12);

function query(...keys: string[]): fc.Arbitrary<[string, string][]> {
  const pair = fc.oneof(
    ...keys.map((key) => fc.tuple(fc.constant(key), flag)),
    fc.tuple(fc.constant('filter'), filter),
    fc.tuple(fc.constant('filter'), filter),
  );
  return fc.array(pair, { maxLength: 3 });
}

const getAlerts: fc.Arbitrary<Draft> = fc
  .tuple(
    fc.constantFrom('/alerts', '/alerts/groups'),
    query('active', 'silenced', 'inhibited'),
    fc.oneof(
      fc.constant([]),
      receiver.map((value) => [['receiver', value] as const]),
    ),
  )
  .map(([path, flags, receivers]) => () => ({ method: 'GET', path, query: [...flags, ...receivers] }));

const getSilences: fc.Arbitrary<Draft> = query().map((filters) => () => ({
  method: 'GET',
  path: '/silences',
  query: filters,
}));

/** Each is asked at least once. */
const fixedRequests: readonly ApiRequest[] = [
  { method: 'GET', path: '/status' },
  { method: 'GET', path: '/receivers' },
  { method: 'HEAD', path: '/alerts' },
  { method: 'POST', path: '/alerts', body: '[null]' },
  { method: 'DELETE', path: '/silence/00000000-0000-4000-8000-000000000000' },
  { method: 'PUT', path: '/alerts', body: '[]' },
  { method: 'DELETE', path: '/silences' },
  { method: 'PATCH', path: '/silence/{silence:1}' },
  { method: 'POST', path: '/status' },
  { method: 'POST', path: '/alerts/groups', body: '[]' },
  { method: 'GET', path: '/nowhere' },
  { method: 'GET', path: '/silence' },
  { method: 'GET', path: '/silence/' },
  { method: 'POST', path: '/alerts', body: '[]', contentType: 'text/plain' },
  { method: 'POST', path: '/alerts', body: '[]', contentType: 'application/json; charset=utf-8' },
  { method: 'POST', path: '/silences', body: '{}', contentType: 'application/x-www-form-urlencoded' },
  { method: 'POST', path: '/alerts' },
  { method: 'GET', path: '/alerts', query: [['unprocessed', 'false']] },
  { method: 'GET', path: '/alerts', query: [['unknown', 'x']] },
];

const odd: fc.Arbitrary<Draft> = fc.constantFrom(...fixedRequests).map((request) => () => request);

const draft: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 25, arbitrary: postAlerts },
  { weight: 20, arbitrary: getAlerts },
  { weight: 12, arbitrary: postSilence },
  { weight: 6, arbitrary: changeSilence },
  { weight: 8, arbitrary: aboutSilence },
  { weight: 8, arbitrary: getSilences },
  { weight: 8, arbitrary: odd },
);
