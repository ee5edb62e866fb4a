/** The OpenAPI document of API v3, made from the table of operations and the schemas that hold the answers. */
import { z } from 'zod';
import manifest from '../../../package.json' with { type: 'json' };
import * as alerts from '../../shapes/alerts.ts';
import * as cluster from '../../shapes/cluster.ts';
import * as events from '../../shapes/events.ts';
import * as groups from '../../shapes/groups.ts';
import * as history from '../../shapes/history.ts';
import * as receivers from '../../shapes/receivers.ts';
import * as routing from '../../shapes/routing.ts';
import * as silences from '../../shapes/silences.ts';
import * as status from '../../shapes/status.ts';
import * as shared from '../../shapes/terms.ts';
import { type Operation, operations, type ProblemStatus, type QueryParameter } from './operations.ts';

const SHAPES = { ...shared, ...alerts, ...cluster, ...events, ...groups };
const MORE_SHAPES = { ...history, ...receivers, ...routing, ...silences, ...status };

const PROBLEMS: Readonly<Record<ProblemStatus | 405, string>> = {
  400: 'The query or the path is not understood; `detail` says which part and why.',
  403: 'Not for a page of another origin.',
  404: 'There is no such thing.',
  405: 'Another method is meant; `Allow` names it.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  422: 'The body is JSON, but not what is asked for; `detail` says where.',
  429: 'Too many of these at once.',
  503: 'Too much at once, or not ready yet.',
};

/** `prefix` is '' or a path without a slash at its end, below which the API is served. */
export function openApiDocument(prefix = ''): object {
  const { schemas, refTo } = components();
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const path = `/api/v3${operation.path}`;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation, refTo) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tocsin API v3',
      version: manifest.version,
      description: 'What is wrong is said as problem+json (RFC 9457). Alertmanager’s API v2 is served beside it.',
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: prefix === '' ? '/' : prefix }],
    paths,
    components: { schemas },
  };
}

function describe(operation: Operation, refTo: (schema: z.ZodType) => object): object {
  const { answer, body, path, method, summary, pathParameters = [], query = [], problems = [] } = operation;
  const problemContent = { 'application/problem+json': { schema: refTo(shared.problem) } };
  const refusals = [...problems, 405 as const].map((code) => [
    String(code),
    { description: PROBLEMS[code], content: problemContent },
  ]);
  return {
    operationId: operationId(method, path),
    summary,
    parameters: [
      ...pathParameters.map(({ name, description }) => ({
        ...{ name, in: 'path', required: true, description },
        schema: { type: 'string' },
      })),
      ...query.map(queryParameter),
    ],
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: refTo(body) } } } }),
    responses: {
      '200':
        'schema' in answer
          ? { description: summary, content: { 'application/json': { schema: refTo(answer.schema) } } }
          : { description: answer.description, content: { [answer.mediaType]: {} } },
      ...Object.fromEntries(refusals),
    },
  };
}

function queryParameter({ name, description, type, isRepeatable, words, least, most, byDefault }: QueryParameter) {
  const one = {
    type: type === 'whole number' ? 'integer' : 'string',
    ...(type === 'instant' && { format: 'date-time' }),
    ...(words && { enum: words }),
    ...(least !== undefined && { minimum: least }),
    ...(most !== undefined && { maximum: most }),
    ...(byDefault !== undefined && { default: byDefault }),
  };
  return { name, in: 'query', description, schema: isRepeatable ? { type: 'array', items: one } : one };
}

/** `GET /silences/{id}` is `getSilencesId`. */
function operationId(method: string, path: string): string {
  const words = path.split(/[^a-z]+/i).filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** That a number is one JavaScript can count with says nothing to others. */
function withoutLimitsOfNumbers(schema: { minimum?: number; maximum?: number }): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

/** Every shape under the name it has in src/shapes, and how to point at one. */
function components(): { schemas: Readonly<Record<string, object>>; refTo: (schema: z.ZodType) => object } {
  const registry = z.registry<{ id: string }>();
  const names = new Map<z.ZodType, string>();
  for (const [name, shape] of Object.entries({ ...SHAPES, ...MORE_SHAPES })) {
    if (!(shape instanceof z.ZodType) || names.has(shape)) continue;
    const id = name.charAt(0).toUpperCase() + name.slice(1);
    names.set(shape, id);
    registry.add(shape, { id });
  }
  const uri = (id: string) => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(registry, {
    uri,
    override: ({ jsonSchema }) => withoutLimitsOfNumbers(jsonSchema),
  });
  const refTo = (schema: z.ZodType) => ({ $ref: uri(names.get(schema) ?? 'unknown') });
  const plain = Object.entries(schemas).map(([id, { $schema: _, $id: __, id: ___, ...schema }]) => [id, schema]);
  return { schemas: Object.fromEntries(plain.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))), refTo };
}
