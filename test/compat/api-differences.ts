/**
 * Where our API v2 answers differently from Alertmanager 0.25 on purpose. The names are those of docs/compatibility.md,
 * which gives the reasons. Each difference says where it is to be seen, and makes the two answers one.
 */
import type { ApiAnswer } from './api-answers.ts';
import type { ApiRequest } from './api-requests.ts';

export interface Exchange {
  readonly request: ApiRequest;
  readonly alertmanager: ApiAnswer;
  readonly tocsin: ApiAnswer;
}

export interface ApiDifference {
  readonly name: string;
  /** Whether it has to show in this exchange. */
  readonly isExpected: (exchange: Exchange) => boolean;
  /** Our answer as Alertmanager would have given it, or undefined if ours is not what it should be. */
  readonly asTheirs: (exchange: Exchange) => ApiAnswer | undefined;
}

const isOk = ({ tocsin }: Exchange) => tocsin.status === 200;
const asks = (path: string) => (exchange: Exchange) => isGet(exchange) && exchange.request.path === path;
const isGet = ({ request }: Exchange) => request.method === 'GET';
const isDelete = ({ request }: Exchange) => request.method === 'DELETE' && request.path.startsWith('/silence/');

/** Of the one webhook in the configuration the servers are asked about. */
export const WEBHOOK_URL = 'http://127.0.0.1:9/not-for-everybody';

export const apiDifferences: readonly ApiDifference[] = [
  {
    name: 'labels of receivers',
    isExpected: asks('/receivers'),
    asTheirs: ({ tocsin }) => {
      const receivers = tocsin.body as readonly { name: string; labels: { name: string } }[];
      const isRight = receivers.every(({ name, labels }) => labels.name === name);
      return isRight ? { ...tocsin, body: without(tocsin.body, 'labels') } : undefined;
    },
  },
  {
    name: 'mutedBy of alerts',
    isExpected: (exchange) => isOk(exchange) && exchange.request.path.startsWith('/alerts') && holdsAlerts(exchange),
    asTheirs: ({ tocsin }) => ({
      ...tocsin,
      body: mapDeep(tocsin.body, 'status', (value) => without(value, 'mutedBy')),
    }),
  },
  {
    name: 'routeLabels of groups',
    isExpected: (exchange) => isOk(exchange) && exchange.request.path === '/alerts/groups' && holdsAlerts(exchange),
    asTheirs: ({ tocsin }) => ({ ...tocsin, body: without(tocsin.body, 'routeLabels') }),
  },
  {
    name: 'deleting an unknown silence is 404',
    isExpected: (exchange) => isDelete(exchange) && saysNotFound(exchange.alertmanager),
    asTheirs: ({ alertmanager, tocsin }) => (isEmpty(tocsin, 404) ? alertmanager : undefined),
  },
  {
    name: 'HEAD is answered like GET',
    isExpected: ({ request }) => request.method === 'HEAD',
    asTheirs: ({ alertmanager, tocsin }) =>
      alertmanager.status === 405 && isEmpty(tocsin, 200) ? alertmanager : undefined,
  },
  {
    name: 'an alert that is null is an error',
    isExpected: ({ alertmanager }) => alertmanager.status === 0,
    asTheirs: ({ alertmanager, tocsin }) => (tocsin.status === 400 ? alertmanager : undefined),
  },
  {
    name: 'silences are shown in UTC',
    isExpected: (exchange) => exchange.request.path.startsWith('/silence') && hasOffset(exchange.alertmanager),
    asTheirs: ({ alertmanager, tocsin }) =>
      hasOffset(tocsin) ? undefined : { ...tocsin, body: withInstantsOf(alertmanager.body, tocsin.body) },
  },
  {
    name: 'addresses of webhooks are secret',
    isExpected: asks('/status'),
    asTheirs: ({ tocsin }) => {
      let hidden = 0;
      const body = mapDeep(tocsin.body, 'url', (url) => {
        if (String(url).includes('<secret>')) hidden++;
        return WEBHOOK_URL;
      });
      return hidden === 1 ? { ...tocsin, body } : undefined;
    },
  },
  {
    name: 'version',
    isExpected: asks('/status'),
    asTheirs: ({ alertmanager, tocsin }) => {
      const theirs = alertmanager.body as { versionInfo: object };
      const ours = tocsin.body as { versionInfo: object };
      const [expected, found] = [theirs, ours].map(({ versionInfo }) => Object.keys(versionInfo).toSorted().join());
      return expected === found ? { ...tocsin, body: { ...ours, versionInfo: theirs.versionInfo } } : undefined;
    },
  },
];

/** What needs requests of its own, since it leaves the servers with different alerts. Statuses, and how many were found. */
export interface ScriptedDifference {
  readonly name: string;
  readonly requests: readonly ApiRequest[];
  readonly alertmanager: readonly string[];
  readonly tocsin: readonly string[];
}

export const scriptedDifferences: readonly ScriptedDifference[] = [
  {
    name: 'a misshapen alert spoils no other of its batch',
    requests: [post([{ labels: { scripted: '1' } }, { labels: { scripted: '1', number: 1 } }]), find('scripted="1"')],
    alertmanager: ['400', '200 with 0'],
    tocsin: ['400', '200 with 1'],
  },
  {
    name: 'generatorURL is checked loosely',
    requests: ['http://host:port/', 'http://a b/', '/%zz'].map((generatorURL) =>
      post([{ labels: { a: 'b' }, generatorURL }]),
    ),
    alertmanager: ['422', '422', '422'],
    tocsin: ['200', '200', '200'],
  },
  {
    name: 'more forms of times',
    requests: ['2036-02-03', '2036-02-03 04:05:06Z', '2036-02-03T04:05:06+0100'].map((endsAt) =>
      post([{ labels: { a: 'c' }, endsAt }]),
    ),
    alertmanager: ['400', '400', '400'],
    tocsin: ['200', '200', '200'],
  },
  {
    name: 'limits',
    requests: [
      post([{ labels: Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`label${index}`, 'x'])) }]),
      post([{ labels: { long: 'x'.repeat(16_385) } }]),
      post([{ labels: { scripted: '2' }, annotations: { long: 'x'.repeat(65_537) } }]),
      { ...find('scripted="2"'), query: Array<[string, string]>(101).fill(['filter', 'scripted="2"']) },
    ],
    alertmanager: ['200', '200', '200', '200 with 1'],
    tocsin: ['400', '400', '400', '400'],
  },
  {
    name: 'a refused change leaves the silence as it is',
    requests: [
      silence([{ name: 'scripted', value: '4', isRegex: false }]),
      silence([{ name: 'scripted', value: '.*', isRegex: true }], { id: '{silence:last}' }),
      { method: 'GET', path: '/silence/{silence:last}' },
    ],
    alertmanager: ['200', '400', '200 expired'],
    tocsin: ['200', '400', '200 active'],
  },
  {
    name: 'text after the JSON is an error',
    requests: [{ ...post([]), body: '[{"labels":{"scripted":"3"}}] and more' }],
    alertmanager: ['200'],
    tocsin: ['400'],
  },
  {
    name: 'a label named __proto__ is refused',
    requests: [{ ...post([]), body: '[{"labels":{"__proto__":"x"}}]' }],
    alertmanager: ['200'],
    tocsin: ['400'],
  },
  {
    name: 'API v1 is gone',
    requests: [{ method: 'GET', path: '/../v1/status' }],
    alertmanager: ['200'],
    tocsin: ['410'],
  },
];

function post(alerts: readonly object[]): ApiRequest {
  return { method: 'POST', path: '/alerts', body: JSON.stringify(alerts) };
}

function silence(matchers: readonly object[], parts: object = {}): ApiRequest {
  const times = { startsAt: '2026-01-01T00:00:00Z', endsAt: '2036-01-01T00:00:00Z' };
  const body = JSON.stringify({ matchers, ...times, createdBy: 'test', comment: 'scripted', ...parts });
  return { method: 'POST', path: '/silences', body };
}

function find(filter: string): ApiRequest {
  return { method: 'GET', path: '/alerts', query: [['filter', filter]] };
}

function isEmpty({ status, body }: ApiAnswer, expected: number): boolean {
  return status === expected && body === undefined;
}

function saysNotFound({ body }: ApiAnswer): boolean {
  return JSON.stringify(body)?.includes('silence not found') ?? false;
}

function hasOffset({ body }: ApiAnswer): boolean {
  return /"\d{4}-[^"]*[+-]\d\d:\d\d"/.test(JSON.stringify(body) ?? '');
}

/** `ours`, with their text where both mean the same instant. */
function withInstantsOf(theirs: unknown, ours: unknown): unknown {
  if (typeof theirs === 'string' && typeof ours === 'string') {
    return Date.parse(theirs) === Date.parse(ours) ? theirs : ours;
  }
  if (Array.isArray(theirs) && Array.isArray(ours)) return ours.map((item, at) => withInstantsOf(theirs[at], item));
  if (typeof theirs !== 'object' || typeof ours !== 'object' || theirs === null || ours === null) return ours;
  const entries = Object.entries(ours);
  return Object.fromEntries(entries.map(([key, item]) => [key, withInstantsOf(Reflect.get(theirs, key), item)]));
}

function holdsAlerts({ tocsin }: Exchange): boolean {
  return Array.isArray(tocsin.body) && tocsin.body.length > 0;
}

/** Undefined where the key is missing, so that its absence is no agreement. */
function without(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, key));
  if (typeof value !== 'object' || value === null || !(key in value)) return undefined;
  const { [key]: _, ...rest } = value as Record<string, unknown>;
  return rest;
}

function mapDeep(value: unknown, key: string, map: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapDeep(item, key, map));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]) => [
    name,
    name === key ? map(item) : mapDeep(item, key, map),
  ]);
  return Object.fromEntries(entries);
}
