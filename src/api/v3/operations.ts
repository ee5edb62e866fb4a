/**
 * Every call of API v3: what it is asked with, what it answers, and how it refuses. The OpenAPI document is made from this
 * table, and tests hold the routes and their real answers against it.
 */
import type { z } from 'zod';
import { alertAnswer, explainAnswer, explainRequest } from '../../shapes/alerts.ts';
import { clusterAnswer } from '../../shapes/cluster.ts';
import { happened, notificationEvent } from '../../shapes/events.ts';
import { groupAnswer, groupsAnswer, labelNamesAnswer, labelValuesAnswer } from '../../shapes/groups.ts';
import { chartAnswer, historyAnswer } from '../../shapes/history.ts';
import { receiversAnswer, receiverTestAnswer } from '../../shapes/receivers.ts';
import { compareAnswer, compareRequest, routingAnswer } from '../../shapes/routing.ts';
import { previewAnswer, previewRequest, silenceAnswer, silencesAnswer } from '../../shapes/silences.ts';
import { statusAnswer } from '../../shapes/status.ts';

export interface Operation {
  readonly method: 'GET' | 'POST';
  /** Below `/api/v3`, parameters in braces. */
  readonly path: string;
  readonly summary: string;
  readonly pathParameters?: readonly PathParameter[];
  readonly query?: readonly QueryParameter[];
  readonly body?: z.ZodType;
  readonly answer: JsonAnswer | OtherAnswer;
  /** Besides 405, which every path has. */
  readonly problems?: readonly ProblemStatus[];
}

interface JsonAnswer {
  readonly schema: z.ZodType;
}

interface OtherAnswer {
  readonly mediaType: string;
  readonly description: string;
}

export type ProblemStatus = 400 | 403 | 404 | 413 | 415 | 422 | 429 | 503;

interface PathParameter {
  readonly name: string;
  readonly description: string;
}

export interface QueryParameter extends PathParameter {
  readonly type: 'text' | 'whole number' | 'instant';
  /** May be given several times. */
  readonly isRepeatable?: true;
  readonly words?: readonly string[];
  readonly least?: number;
  readonly most?: number;
  readonly byDefault?: number | string;
}

const filter: QueryParameter = {
  name: 'filter',
  type: 'text',
  isRepeatable: true,
  description: 'A matcher, such as `severity=~"urgent|important"`; all of them must hold.',
};
const offset: QueryParameter = {
  ...{ name: 'offset', type: 'whole number', least: 0, byDefault: 0 },
  description: 'How many to leave out at the beginning.',
};
const limit = (most: number, byDefault: number): QueryParameter => ({
  ...{ name: 'limit', type: 'whole number', least: 1, most, byDefault },
  description: 'How many to give at most.',
});
const states: QueryParameter = {
  ...{
    name: 'state',
    type: 'text',
    isRepeatable: true,
    words: ['active', 'silenced', 'inhibited', 'muted', 'resolved'],
  },
  description: 'By default all but `resolved`.',
};
const prefix: QueryParameter = { name: 'prefix', type: 'text', description: 'What they begin with.' };
const words: QueryParameter = {
  ...{ name: 'q', type: 'text' },
  description: 'Words; each must stand in a label, as `name=value`, or in an annotation.',
};
const historyQuery: readonly QueryParameter[] = [
  { name: 'from', type: 'instant', description: 'Nothing that happened before.' },
  { name: 'to', type: 'instant', description: 'Nothing that happened after.' },
  {
    ...{ name: 'kind', type: 'text', isRepeatable: true, words: happened.options.map(({ shape }) => shape.kind.value) },
    description: 'By default all but `count`.',
  },
  { name: 'receiver', type: 'text', isRepeatable: true, description: 'The exact name of a receiver.' },
  { name: 'node', type: 'text', isRepeatable: true, description: 'The name of a node that noted it.' },
  {
    ...{ name: 'outcome', type: 'text', isRepeatable: true, words: notificationEvent.shape.outcome.options },
    description: 'Of notifications; nothing else has one.',
  },
  { ...filter, description: 'A matcher on labels or group labels; all of them must hold.' },
  { name: 'fingerprint', type: 'text', description: 'Of an alert.' },
  { name: 'group', type: 'text', description: 'The id of a group.' },
  { name: 'q', type: 'text', description: 'Words anywhere in it.' },
];
const BODY_PROBLEMS = [400, 413, 415, 422, 503] as const;

export const operations: readonly Operation[] = [
  {
    ...{ method: 'GET', path: '/groups', summary: 'What fires, grouped as people are told.' },
    query: [
      filter,
      words,
      { name: 'receiver', type: 'text', isRepeatable: true, description: 'The exact name of a receiver.' },
      states,
      {
        ...{ name: 'severity', type: 'text', isRepeatable: true },
        words: ['urgent', 'important', 'interesting', 'other'],
        description: 'By default all.',
      },
      {
        ...{ name: 'sort', type: 'text', words: ['severity', 'since', 'latest', 'name'], byDefault: 'severity' },
        description: 'What the order of the groups goes by.',
      },
      offset,
      limit(500, 50),
      {
        ...{ name: 'alerts', type: 'whole number', least: 0, most: 100, byDefault: 0 },
        description: 'How many alerts to give along with each group.',
      },
    ],
    answer: { schema: groupsAnswer },
    problems: [400],
  },
  {
    ...{ method: 'GET', path: '/groups/{id}', summary: 'One group with its alerts.' },
    pathParameters: [{ name: 'id', description: 'As in the list of groups.' }],
    query: [filter, words, states, offset, limit(500, 100)],
    answer: { schema: groupAnswer },
    problems: [400, 404],
  },
  {
    ...{ method: 'GET', path: '/labels', summary: 'Names of the labels of what fires, the most frequent first.' },
    query: [filter, prefix, limit(1_000, 100)],
    answer: { schema: labelNamesAnswer },
    problems: [400],
  },
  {
    ...{
      method: 'GET',
      path: '/labels/{name}/values',
      summary: 'Values of a label of what fires, most frequent first.',
    },
    pathParameters: [{ name: 'name', description: 'Of the label.' }],
    query: [filter, prefix, limit(1_000, 100)],
    answer: { schema: labelValuesAnswer },
    problems: [400],
  },
  {
    ...{ method: 'GET', path: '/alerts/{fingerprint}', summary: 'One alert, and why it goes where it goes.' },
    pathParameters: [{ name: 'fingerprint', description: 'Of the alert: 16 hexadecimal digits.' }],
    answer: { schema: alertAnswer },
    problems: [400, 404],
  },
  {
    ...{ method: 'POST', path: '/explain', summary: 'Where an alert with given labels would go, and why.' },
    body: explainRequest,
    answer: { schema: explainAnswer },
    problems: BODY_PROBLEMS,
  },
  {
    ...{ method: 'GET', path: '/events', summary: 'What happens on this node, as it happens.' },
    answer: {
      mediaType: 'text/event-stream',
      description: 'Server-sent events: `hello`, `happened`, `changed`, `reset` and `beat`; their data is JSON.',
    },
    problems: [503],
  },
  {
    ...{ method: 'GET', path: '/history', summary: 'What happened in the cluster, the latest first.' },
    query: [
      ...historyQuery,
      limit(500, 100),
      { name: 'cursor', type: 'text', description: 'The `next` of the answer before this one.' },
    ],
    answer: { schema: historyAnswer },
    problems: [400],
  },
  {
    ...{ method: 'GET', path: '/history/chart', summary: 'What fired and what was told, over time.' },
    query: [
      ...historyQuery,
      {
        ...{ name: 'points', type: 'whole number', least: 10, most: 1_000, byDefault: 200 },
        description: 'How many steps to divide the time into.',
      },
    ],
    answer: { schema: chartAnswer },
    problems: [400],
  },
  {
    ...{ method: 'GET', path: '/history/export', summary: 'All that happened in the cluster, as a file.' },
    query: [
      ...historyQuery,
      { ...{ name: 'format', type: 'text', words: ['json', 'csv'], byDefault: 'json' }, description: 'Of the file.' },
    ],
    answer: {
      mediaType: 'application/x-ndjson',
      description: 'A line of JSON for each entry, or with `format=csv` a row (`text/csv`).',
    },
    problems: [400, 503],
  },
  {
    ...{ method: 'GET', path: '/silences', summary: 'Silences, what ends next first, and what each matches now.' },
    query: [
      {
        ...{ name: 'state', type: 'text', isRepeatable: true, words: ['active', 'pending', 'expired'] },
        description: 'By default all.',
      },
      { ...filter, description: 'Only silences that would mute alerts with such labels.' },
      { name: 'q', type: 'text', description: 'Words in comment, author or matchers, or the beginning of an id.' },
      offset,
      limit(500, 100),
    ],
    answer: { schema: silencesAnswer },
    problems: [400],
  },
  {
    ...{ method: 'POST', path: '/silences/preview', summary: 'What a silence would mute now, and warnings.' },
    body: previewRequest,
    answer: { schema: previewAnswer },
    problems: BODY_PROBLEMS,
  },
  {
    ...{ method: 'GET', path: '/silences/{id}', summary: 'One silence, and the alerts it matches now.' },
    pathParameters: [{ name: 'id', description: 'A UUID.' }],
    answer: { schema: silenceAnswer },
    problems: [400, 404],
  },
  {
    ...{ method: 'GET', path: '/routing', summary: 'The routing tree in force, and what takes which route now.' },
    answer: { schema: routingAnswer },
  },
  {
    ...{
      method: 'POST',
      path: '/routing/compare',
      summary: 'What another configuration would change for alerts of now.',
    },
    body: compareRequest,
    answer: { schema: compareAnswer },
    problems: [...BODY_PROBLEMS, 403, 429],
  },
  {
    ...{ method: 'GET', path: '/receivers', summary: 'How each way to reach somebody is doing, node by node.' },
    answer: { schema: receiversAnswer },
  },
  {
    ...{
      method: 'POST',
      path: '/receivers/{name}/test',
      summary: 'Sends a message marked as a test. It rings phones.',
    },
    pathParameters: [{ name: 'name', description: 'Of the receiver.' }],
    answer: { schema: receiverTestAnswer },
    problems: [403, 404, 429],
  },
  {
    ...{ method: 'GET', path: '/cluster', summary: 'The cluster as this node sees it.' },
    answer: { schema: clusterAnswer },
  },
  {
    ...{ method: 'GET', path: '/status', summary: 'This node, and the configuration in force with secrets masked.' },
    answer: { schema: statusAnswer },
  },
  {
    ...{ method: 'GET', path: '/openapi.json', summary: 'This document.' },
    answer: { mediaType: 'application/json', description: 'OpenAPI 3.1.' },
  },
];
