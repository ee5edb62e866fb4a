/** /api/v2/silences and /api/v2/silence/:id: list, create or change, show, expire. */
import type { Matcher } from '../../model/matcher.ts';
import type { Silence } from '../../model/silence.ts';
import { empty, errorText, invalid, json, jsonOf, VALIDATION } from '../answers.ts';
import { ChunkedText } from '../chunked-text.ts';
import type { ApiDependencies } from '../dependencies.ts';
import type { ApiLimits } from '../options.ts';
import { pacedSort } from '../paced-sort.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import { readPostedSilence } from './posted-silence.ts';
import { type MatcherQueryOptions, readFlag, readMatchers } from './query.ts';
import { compareSilences, type ShownSilence, showSilence, writeSilence } from './silence-json.ts';

export async function getSilences(
  context: ApiContext,
  dependencies: ApiParts,
  options: MatcherQueryOptions,
): Promise<Response> {
  const filters = readMatchers(context, 'filter', options);
  if (filters instanceof Response) return filters;
  const shows = {
    active: readFlag(context, 'active'),
    pending: readFlag(context, 'pending'),
    expired: readFlag(context, 'expired'),
  };
  const { readSlices, silences, system } = dependencies;
  const { wallMs } = system.now();
  const pacer = readSlices.pacer(answerWanted(context));

  const found: ShownSilence[] = [];
  for (const silence of [...silences.values()]) {
    if (pacer.isDue()) await pacer.pause();
    const shown = showSilence(silence, wallMs);
    if (shows[shown.state] && isNamedBy(filters, silence)) found.push(shown);
  }
  const body = new ChunkedText();
  body.append('[');
  for (const [index, shown] of (await pacedSort(found, compareSilences, pacer)).entries()) {
    if (pacer.isDue()) await pacer.pause();
    body.append((index === 0 ? '' : ',') + writeSilence(shown));
  }
  body.append(']');
  return json(200, body.bytes());
}

/** A filter asks for the very matcher, by name, type and value; it is not evaluated against anything. */
function isNamedBy(filters: readonly Matcher[], silence: Silence): boolean {
  return filters.every((filter) =>
    silence.matchers.some(
      (matcher) => matcher.type === filter.type && matcher.name === filter.name && matcher.value === filter.value,
    ),
  );
}

export async function postSilence(context: ApiContext, dependencies: ApiParts, limits: ApiLimits): Promise<Response> {
  const body = await dependencies.bodies.readJson(context, 'silence', limits.silenceBodyBytes);
  if (body instanceof Response) return body;
  await dependencies.node.untilTimeKnown();
  const now = dependencies.system.now();
  const silence = readPostedSilence(body.value, now.wallMs, limits);
  if (silence instanceof Response) return silence;
  try {
    const silenceID = await dependencies.silences.set(silence, now);
    return jsonOf(200, { silenceID });
  } catch (error) {
    switch (silenceErrorCode(error)) {
      case undefined:
        throw error;
      case 'NOT_FOUND':
        return errorText(404, 'silence not found');
      default:
        return errorText(400, (error as Error).message);
    }
  }
}

export function getSilence(context: ApiContext, { silences, system }: ApiDependencies): Response {
  const id = readSilenceId(context);
  if (id instanceof Response) return id;
  const silence = silences.get(id);
  if (silence === undefined) return empty(404);
  return json(200, writeSilence(showSilence(silence, system.now().wallMs)));
}

export async function deleteSilence(
  context: ApiContext,
  { silences, node, system }: ApiDependencies,
): Promise<Response> {
  const id = readSilenceId(context);
  if (id instanceof Response) return id;
  await node.untilTimeKnown();
  try {
    await silences.expire(id, system.now());
    return empty(200);
  } catch (error) {
    if (silenceErrorCode(error) === 'NOT_FOUND') return empty(404);
    throw error;
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function readSilenceId(context: ApiContext): string | Response {
  const id = context.req.param('silenceID') ?? '';
  if (UUID.test(id)) return id.toLowerCase();
  return invalid(VALIDATION.type, `silenceID in path must be of type uuid: ${JSON.stringify(id.slice(0, 64))}`);
}

function silenceErrorCode(error: unknown): unknown {
  return error instanceof Error && error.name === 'SilenceError' && 'code' in error ? error.code : undefined;
}
