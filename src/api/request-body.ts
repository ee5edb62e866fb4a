/** Reads a JSON request body: bounded while it arrives, decoded strictly, parsed natively. */
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { errorObject, invalid, text, VALIDATION } from './answers.ts';
import { ClientGoneError } from './client-gone-error.ts';

/** Over a socket the body is taken from node's own stream, at half the cost of the web stream around it. */
export interface ApiEnvironment {
  Bindings: Partial<HttpBindings>;
  Variables: {
    /** Aborts when the client is gone or the time for an answer is over. */
    answerWanted?: AbortSignal;
  };
}

export type ApiContext = Context<ApiEnvironment>;

/** Aborts as soon as nobody wants an answer any more. */
export function answerWanted(context: ApiContext): AbortSignal {
  return context.get('answerWanted') ?? context.req.raw.signal;
}

export interface ParsedBody {
  readonly value: unknown;
  /** Whether a string in it may hold half a surrogate pair: JSON can write them, UTF-8 cannot. */
  readonly mayBeIllFormed: boolean;
  /** In UTF-16 units; no text in it is longer, whatever its escapes say. */
  readonly length: number;
}

export interface BodyReaderOptions {
  readonly bytesInFlight: number;
}

export class BodyReader {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #limitInFlight: number;
  #inFlight = 0;

  constructor(options: BodyReaderOptions) {
    this.#limitInFlight = options.bytesInFlight;
  }

  /**
   * The parsed body, or the answer that refuses it: 415 for another media type, 413 beyond `limitBytes`, 503 while too
   * much is being read at once, 400 for what is no JSON. `name` is what go-openapi calls the body in its messages.
   * Throws {@link ClientGoneError}.
   */
  async readJson(context: ApiContext, name: string, limitBytes: number): Promise<ParsedBody | Response> {
    const refusal = refuseByHeaders(context, limitBytes);
    if (refusal !== undefined) return refusal;
    const bytes = await this.#read(context, limitBytes);
    if (bytes instanceof Response) return bytes;
    if (bytes.byteLength === 0) return invalid(VALIDATION.required, `${name} in body is required`);
    let body: string;
    try {
      body = this.#decoder.decode(bytes);
    } catch {
      return unparsable(name, 'it is not valid UTF-8; encode the JSON as UTF-8');
    }
    if (hasKeyEndingInBackslash(body)) {
      return unparsable(name, 'a label whose name ends in a backslash cannot be read; give it another name');
    }
    try {
      const value: unknown = JSON.parse(body);
      const mayBeIllFormed = body.includes('\\u') && LONE_SURROGATE_ESCAPE.test(body);
      return { value, mayBeIllFormed, length: body.length };
    } catch (error) {
      return unparsable(name, error instanceof Error ? error.message : String(error));
    }
  }

  async #read(context: ApiContext, limitBytes: number): Promise<Uint8Array | Response> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const chunk of bodyChunks(context)) {
        length += chunk.byteLength;
        this.#inFlight += chunk.byteLength;
        if (length > limitBytes) return tooLarge(limitBytes);
        if (this.#inFlight > this.#limitInFlight) return tooMuchInFlight();
        chunks.push(chunk);
      }
    } catch (cause) {
      throw new ClientGoneError('the client went away while sending', { cause });
    } finally {
      this.#inFlight -= length;
    }
    return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, length);
  }
}

const LONE_SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

function bodyChunks(context: ApiContext): AsyncIterable<Uint8Array> {
  const incoming = context.env?.incoming;
  // Left open when the loop ends early, because the refusal still has to be written to the same socket.
  if (incoming !== undefined) return incoming.iterator({ destroyOnReturn: false });
  return context.req.raw.body ?? NO_CHUNKS;
}

const NO_CHUNKS: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {},
};

function refuseByHeaders(context: ApiContext, limitBytes: number): Response | undefined {
  const length = context.req.header('content-length');
  const declaredBytes = length === undefined ? undefined : Number(length);
  const hasBody = declaredBytes === undefined ? mayHaveBody(context) : declaredBytes > 0;
  if (!hasBody) return undefined;
  const type = context.req.header('content-type') ?? 'application/octet-stream';
  if (!isJson(type)) {
    return errorObject(415, `unsupported media type "${type}", only [application/json] are allowed`);
  }
  const encoding = context.req.header('content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    return errorObject(415, `unsupported content encoding "${encoding}"; send the body uncompressed`);
  }
  return declaredBytes !== undefined && declaredBytes > limitBytes ? tooLarge(limitBytes) : undefined;
}

function mayHaveBody(context: ApiContext): boolean {
  if (context.env?.incoming !== undefined) return context.req.header('transfer-encoding') !== undefined;
  return context.req.raw.body !== null;
}

function isJson(type: string): boolean {
  const end = type.indexOf(';');
  return (end === -1 ? type : type.slice(0, end)).trim().toLowerCase() === 'application/json';
}

function tooLarge(limitBytes: number): Response {
  return errorObject(413, `the body is larger than ${limitBytes} bytes; split it into several requests`);
}

function tooMuchInFlight(): Response {
  return text(503, 'Too many large requests at the same time; try again later.\n', { 'Retry-After': '1' });
}

function unparsable(name: string, reason: string): Response {
  return errorObject(400, `parsing ${name} body from "" failed, because ${reason}`);
}

/**
 * V8 14.6 remembers a key that ends in a backslash wrongly: the next object alike, whose key in that place goes on with an
 * escape there (`a\n` after `a\`), is read as having it, too. So a stranger's body could change the labels of others.
 */
function hasKeyEndingInBackslash(json: string): boolean {
  if (!/\\\\"\s*:/.test(json)) return false;
  for (const [, text = '', colon] of json.matchAll(/"((?:[^"\\]|\\.)*)"(\s*:)?/g)) {
    if (colon !== undefined && text.endsWith('\\\\')) return true;
  }
  return false;
}
