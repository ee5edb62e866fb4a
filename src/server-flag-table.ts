/** The server's flags: Alertmanager's names and defaults where the thing is the same, in the order `--help` lists them. */
import { action, choice, goDuration, list, onOff, single, text, wholeNumber } from './cli/flag-value.ts';
import { clusterFlagTable } from './cluster-flag-table.ts';
import { hostAndPort } from './host-and-port.ts';

const CONFIGURATION = 'Configuration';
const STORAGE = 'Storage';
const ALERTS = 'Alerts and silences';
const WEB = 'Web';
const LOGGING = 'Logging';
const OTHER = 'Other';

const POSITIVE = { atLeast: 'more than zero' } as const;
const ZERO_OR_MORE = { atLeast: 'zero' } as const;

export const serverFlagTable = {
  'config.file': single(
    {
      topic: CONFIGURATION,
      placeholder: 'FILE',
      defaultText: 'alertmanager.yml',
      help: 'Where routes and receivers are written; SIGHUP or POST /-/reload reads it again.',
    },
    notEmpty,
  ),
  'enable-feature': single(
    {
      topic: CONFIGURATION,
      placeholder: 'NAME,…',
      help:
        'Comma-separated: classic-mode or utf8-strict-mode to read matchers one way only. The other names of ' +
        'Alertmanager are taken with a warning.',
    },
    featureNames,
  ),

  'storage.path': single(
    {
      topic: STORAGE,
      placeholder: 'DIRECTORY',
      defaultText: 'data/',
      help: 'Put it on a disk that survives restarts: it holds alerts, silences and what was already told to whom.',
    },
    notEmpty,
  ),
  'data.retention': goDuration(
    {
      topic: STORAGE,
      defaultText: '120h',
      help: 'How long ended silences can be looked up. What was told about a group is kept for as long as the group lives.',
    },
    POSITIVE,
  ),
  'data.maintenance-interval': goDuration(
    {
      topic: STORAGE,
      defaultText: '15m',
      help: 'Shorten it if ended silences and old notification records should leave memory and disk sooner.',
    },
    POSITIVE,
  ),

  'history.retention': goDuration(
    {
      topic: STORAGE,
      defaultText: '720h',
      help: 'How long it can be looked up what happened: alerts, groups, each attempt to tell, silences, members.',
    },
    POSITIVE,
  ),
  'history.max-bytes': wholeNumber({
    topic: STORAGE,
    defaultText: '536870912',
    help: 'The oldest of what happened is forgotten beyond it; 0 keeps it in memory only, as much as fits into 8 MiB.',
  }),

  'alerts.gc-interval': goDuration(
    { topic: ALERTS, defaultText: '30m', help: 'Shorten it if many short-lived alerts fill the memory.' },
    POSITIVE,
  ),
  'alerts.per-alertname-limit': wholeNumber({
    topic: ALERTS,
    defaultText: '0',
    help: 'Set it where one broken rule could flood everybody: further alerts of a full alertname are dropped; 0 is no limit.',
  }),
  'silences.max-silences': wholeNumber({
    topic: ALERTS,
    defaultText: '0',
    help: 'Set it where scripts create silences, so that a runaway one is refused; counts ended ones too; 0 is no limit.',
  }),
  'silences.max-silence-size-bytes': wholeNumber({
    topic: ALERTS,
    defaultText: '0',
    help: 'Set it where strangers may create silences, so that a huge one is refused; above 104 KiB, or 0, it is 104 KiB.',
  }),
  'log.silences': onOff({
    topic: ALERTS,
    help: 'Turn it on to have a log line for each notification that a silence held back.',
  }),
  'dispatch.maintenance-interval': goDuration(
    { topic: ALERTS, defaultText: '30s', help: 'Taken for compatibility: a group that is over leaves memory at once.' },
    POSITIVE,
  ),
  'dispatch.start-delay': goDuration(
    {
      topic: ALERTS,
      defaultText: '0s',
      help: "Set it to Prometheus' evaluation interval or a little more, to hear all alerts before the first page after a start.",
    },
    ZERO_OR_MORE,
  ),

  'web.listen-address': list(
    {
      topic: WEB,
      placeholder: 'HOST:PORT',
      defaultText: ':9093',
      help: 'Name 127.0.0.1 to keep the API off the network; see --web.config.file for TLS and passwords.',
    },
    listenAddress,
  ),
  'web.external-url': single(
    {
      topic: WEB,
      placeholder: 'URL',
      shownDefault: 'http://HOSTNAME:PORT',
      help: 'Set it to the address people open, or links in messages lead to this host name and port.',
    },
    externalUrl,
  ),
  'web.route-prefix': single(
    {
      topic: WEB,
      placeholder: 'PATH',
      shownDefault: 'the path of the external URL',
      help: 'Set it to / if a proxy in front strips the path of the external URL.',
    },
    routePrefix,
  ),
  'web.get-concurrency': wholeNumber({
    topic: WEB,
    defaultText: '0',
    help: 'Lower it if dashboards slow the node down: further GET requests get 503; 0 is the number of CPUs, at least 8.',
  }),
  'web.timeout': goDuration(
    {
      topic: WEB,
      defaultText: '0s',
      help: 'Set it to answer slow requests with 503 instead of letting them wait; 0s is never.',
    },
    ZERO_OR_MORE,
  ),
  'web.config.file': text({
    topic: WEB,
    placeholder: 'FILE',
    help: 'TLS, passwords and headers, as in Prometheus; followed while the node runs. Without it anybody may do anything.',
  }),
  'web.systemd-socket': onOff({
    topic: WEB,
    help: 'Accepted without effect: sockets are opened by --web.listen-address.',
  }),

  ...clusterFlagTable,

  'log.level': choice(
    { topic: LOGGING, defaultText: 'info', help: 'debug shows every decision; warn only what wants attention.' },
    ['debug', 'info', 'warn', 'error'],
  ),
  'log.format': choice(
    { topic: LOGGING, defaultText: 'logfmt', help: 'json where a log collector reads it. Either goes to stderr.' },
    ['logfmt', 'json'],
  ),

  'auto-gomemlimit.ratio': single(
    {
      topic: OTHER,
      placeholder: 'RATIO',
      defaultText: '0.9',
      help: "Accepted without effect: there is no Go runtime here; NODE_OPTIONS=--max-old-space-size sets Node's limit.",
    },
    ratio,
  ),
  help: action({ topic: OTHER, short: 'h', help: 'Print this text and exit.' }),
  version: action({ topic: OTHER, help: 'Print the version and exit.' }),
};

function notEmpty(given: string): string {
  if (given === '') throw new RangeError('must not be empty');
  return given;
}

const FEATURE_NAMES = [
  'alert-names-in-metrics',
  'receiver-name-in-metrics',
  'group-key-in-metrics',
  'classic-mode',
  'utf8-strict-mode',
  'auto-gomemlimit',
  'event-recorder',
] as const;
export type FeatureName = (typeof FEATURE_NAMES)[number];

/** An unknown name ends the process, as in Alertmanager: its user counts on something that would not happen. */
function featureNames(given: string): ReadonlySet<FeatureName> {
  const names = new Set<FeatureName>();
  for (const typed of given === '' ? [] : given.split(',')) {
    const name = FEATURE_NAMES.find((one) => one === typed.trim());
    if (name === undefined)
      throw new RangeError(`knows no feature ${JSON.stringify(typed)}; it knows ${FEATURE_NAMES.join(', ')}`);
    names.add(name);
  }
  if (names.has('classic-mode') && names.has('utf8-strict-mode')) {
    throw new RangeError('names classic-mode and utf8-strict-mode, which exclude each other; name one');
  }
  return names;
}

/** `host:port`, `:port` for every interface, `[v6]:port`; port 0 lets the platform choose. */
function listenAddress(given: string): string {
  if (given.startsWith('vsock://'))
    throw new RangeError('is a vsock address, which is not supported; listen on HOST:PORT');
  return hostAndPort(given);
}

/** Without trailing slash. Undefined if not given. */
function externalUrl(given: string): string | undefined {
  if (given === '') return undefined;
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new RangeError('wants a full address, such as https://alerts.example.org/tocsin');
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new RangeError('must have no user, password, query or fragment: messages would show them to everybody');
  }
  return url.href.replace(/\/+$/, '');
}

/** `''` for none, else with a leading and without a trailing slash. Undefined if not given: then it is the external URL's path. */
function routePrefix(given: string): string | undefined {
  if (given === '') return undefined;
  if (/[\s?#%\\]/.test(given)) throw new RangeError('wants a plain path, such as /tocsin');
  const path = given.replace(/^\/+|\/+$/g, '');
  return path === '' ? '' : `/${path}`;
}

function ratio(given: string): number {
  const value = Number(given);
  if (given.trim() === '' || !(value > 0 && value <= 1)) throw new RangeError('wants a number above 0, at most 1');
  return value;
}
