/**
 * The shapes answers have on the wire. Alertmanager has two for errors: its framework says `{code, message}`, its
 * handlers say a bare JSON string; clients match on both.
 */

const JSON_TYPE = 'application/json';
const TEXT_TYPE = 'text/plain; charset=utf-8';

/** `body` may be several pieces, sent one after the other. */
export function json(status: number, body: string | readonly Uint8Array[]): Response {
  return answer(status, JSON_TYPE, body);
}

export function jsonOf(status: number, value: unknown): Response {
  return json(status, JSON.stringify(value));
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Response {
  return answer(status, TEXT_TYPE, body, headers);
}

export function html(status: number, body: string): Response {
  return answer(status, 'text/html; charset=utf-8', body, { 'Cache-Control': 'no-store' });
}

export function empty(status: number): Response {
  return new Response(null, { status, headers: { 'Content-Length': '0' } });
}

/** An error raised by a handler. */
export function errorText(status: number, message: string): Response {
  return json(status, JSON.stringify(message));
}

/** An error raised before the handler: routing, decoding, validation. `code` is the status unless validation failed. */
export function errorObject(status: number, message: string, code: number = status): Response {
  return json(status, JSON.stringify({ code, message }));
}

/** go-openapi's codes for failed validation, all answered with 422. */
export const VALIDATION = { type: 601, required: 602, tooFewItems: 612 } as const;

export function invalid(code: number, message: string): Response {
  return errorObject(422, message, code);
}

export function answer(
  status: number,
  type: string,
  body: string | readonly Uint8Array[],
  headers: Record<string, string> = {},
): Response {
  const pieces = typeof body === 'string' ? [Buffer.from(body)] : body;
  const length = pieces.reduce((total, piece) => total + piece.byteLength, 0);
  return new Response(pieces.length === 1 ? (pieces[0] as Uint8Array<ArrayBuffer>) : streamOf(pieces), {
    status,
    headers: { 'Content-Type': type, 'Content-Length': String(length), ...headers },
  });
}

/** Hands out the pieces as they are: a list of all alerts takes long enough to copy to delay everything else. */
function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const piece = pieces[next++];
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
  });
}
