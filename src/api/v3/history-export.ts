/**
 * GET /api/v3/history/export: all that was asked for, as lines of JSON or as a table, made while it is read: however much it
 * is, only a page of it is in memory.
 */
import type { HistoryQuery } from '../../model/history-query.ts';
import type { HistoryEntry } from '../../shapes/history.ts';
import { ClientGoneError } from '../client-gone-error.ts';
import type { ApiHistoryPage, ApiHistoryPart } from '../dependencies.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiContext, answerWanted } from '../request-body.ts';
import type { MatcherQueryOptions } from '../v2/query.ts';
import { CSV_HEAD, csvRow } from './history-csv.ts';
import { readHistoryQuery } from './history-query.ts';
import { problem } from './problem.ts';
import { readWords } from './query.ts';

const FORMATS = ['json', 'csv'] as const;
const MOST_AT_ONCE = 4;
const PAGE = 500;

export function historyExports(
  parts: ApiParts,
  options: MatcherQueryOptions,
): (context: ApiContext) => Promise<Response> {
  let underWay = 0;
  return async (context) => {
    const query = readHistoryQuery(context, options);
    if (query instanceof Response) return query;
    const formats = readWords(context, 'format', FORMATS);
    if (formats instanceof Response) return formats;
    const isTable = formats.size === 1 && formats.has('csv');
    const headers = {
      'Content-Type': isTable ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      'Content-Disposition': `attachment; filename="tocsin-history.${isTable ? 'csv' : 'jsonl'}"`,
      'Cache-Control': 'no-store',
    };
    if (context.req.method === 'HEAD') return new Response(null, { headers });
    if (underWay >= MOST_AT_ONCE) {
      return problem(503, `${underWay} exports are under way; try again when one is done`, { 'Retry-After': '10' });
    }
    underWay += 1;
    const controller = new AbortController();
    // A client that goes away before it reads anything cancels no stream.
    const over = () => {
      if (!controller.signal.aborted) underWay -= 1;
      controller.abort(new ClientGoneError('the export is over'));
    };
    try {
      const pages = pagesOf(parts, query, controller.signal);
      const first = await pages.next();
      // Nobody would read the stream, nor cancel it.
      if (answerWanted(context).aborted) throw new ClientGoneError('nobody waits for the export any more');
      const missing = first.value?.nodes.filter((node) => node.missing !== '').map(({ name }) => name) ?? [];
      const stream = exportStream(first.value, { pages, isTable, over });
      context.env?.outgoing?.once?.('close', over);
      return new Response(stream, {
        headers: {
          ...headers,
          ...(missing.length > 0 && { 'Tocsin-Missing': missing.map(headerText).join(', ') }),
        },
      });
    } catch (cause) {
      over();
      throw cause;
    }
  };
}

/** A peer may call itself anything, also by half a character. */
function headerText(name: string): string {
  return encodeURIComponent(name.toWellFormed());
}

async function* pagesOf(
  { history, readSlices, system }: ApiParts,
  query: HistoryQuery,
  signal: AbortSignal,
): AsyncGenerator<ApiHistoryPage, undefined> {
  let cursor: string | undefined;
  let missing: ReadonlySet<string> | undefined;
  do {
    const page = await history.read(query, { cursor, limit: PAGE, pace: readSlices.pacer(signal), signal });
    const gone = page.nodes.filter(({ name, missing: reason }) => reason !== '' && missing?.has(name) === false);
    const lost = gone.map((node) => lostPart(node, { page, uuid: system.uuid(), nowMs: system.now().wallMs }));
    yield { ...page, entries: [...page.entries, ...lost] };
    missing = new Set(page.nodes.filter((node) => node.missing !== '').map(({ name }) => name));
    cursor = page.next;
  } while (cursor !== undefined);
  return undefined;
}

/** The headers are sent by then: who goes missing half-way is named where that is. */
function lostPart(
  { name, missing }: ApiHistoryPart,
  { page, uuid, nowMs }: { readonly page: ApiHistoryPage; readonly uuid: string; readonly nowMs: number },
): HistoryEntry {
  const node = page.nodes.find(({ isSelf }) => isSelf)?.name ?? '';
  const at = page.entries.at(-1)?.event.at ?? new Date(nowMs).toISOString();
  const message = `of what ${name} noted, some is missing from here on: ${missing}`;
  return { event: { id: uuid, at, node, kind: 'gap', events: 0, message }, nodes: [node] };
}

function exportStream(
  first: ApiHistoryPage | undefined,
  { pages, isTable, over }: { pages: AsyncGenerator<ApiHistoryPage>; isTable: boolean; over: () => void },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const line = isTable ? csvRow : (entry: ApiHistoryPage['entries'][number]) => `${JSON.stringify(entry)}\n`;
  let page = first;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (isTable) controller.enqueue(encoder.encode(CSV_HEAD));
    },
    async pull(controller) {
      // An empty page is one on the way through years of nothing.
      while (page && page.entries.length === 0) page = (await pages.next()).value;
      if (!page) {
        over();
        controller.close();
        return;
      }
      controller.enqueue(encoder.encode(page.entries.map(line).join('')));
      page = (await pages.next()).value;
    },
    cancel: over,
  });
}
