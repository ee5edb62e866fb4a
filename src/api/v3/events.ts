/** GET /api/v3/events: what happens, as it happens; src/shapes/events.ts says what is in it. */
import type { ApiEvents } from '../dependencies.ts';
import type { ApiContext } from '../request-body.ts';
import { problem } from './problem.ts';

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // Or nginx keeps events back until it has a few kilobytes of them.
  'X-Accel-Buffering': 'no',
};

const LONGEST_ID = 64;

export function getEvents(context: ApiContext, events: ApiEvents): Response {
  if (context.req.method === 'HEAD') return new Response(null, { headers: HEADERS });
  // A browser names it only when it comes back by itself; a page that opens a stream anew says it in the query.
  const lastEventId = (context.req.header('last-event-id') ?? context.req.query('lastEventId'))?.slice(0, LONGEST_ID);
  const stream = events.open(lastEventId === '' ? undefined : lastEventId);
  if (stream === 'full') {
    return problem(503, 'as many as there may be watch this node; close some, or ask another node', RETRY);
  }
  if (stream === 'stopping') return problem(503, 'this node stops; ask another one', RETRY);
  return new Response(stream, { headers: HEADERS });
}

const RETRY = { 'Retry-After': '5' };
