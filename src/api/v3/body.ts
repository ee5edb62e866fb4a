/** JSON bodies of API v3: bounded, held against their schema, and refused as problems that name the place. */
import type { z } from 'zod';
import type { ApiContext, BodyReader } from '../request-body.ts';
import { problem } from './problem.ts';

/** The body, or the problem that says what is wrong with it. Throws ClientGoneError. */
export async function readBody<Schema extends z.ZodType>(
  context: ApiContext,
  bodies: BodyReader,
  { schema, limitBytes }: { readonly schema: Schema; readonly limitBytes: number },
): Promise<z.output<Schema> | Response> {
  const body = await bodies.readJson(context, 'request', limitBytes);
  if (body instanceof Response) return asProblem(body);
  const parsed = schema.safeParse(body.value);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.slice(0, 5).map(({ path, message }) => {
    const place = path.map(String).join('.').slice(0, 100);
    return place === '' ? message : `${place}: ${message}`;
  });
  return problem(422, `the body is not what is asked for: ${wrong.join('; ')}`);
}

/** What refuses a body is shared with API v2 and says so in its words; here the same is a problem. */
async function asProblem(refusal: Response): Promise<Response> {
  const text = await refusal.text();
  const retryAfter = refusal.headers.get('Retry-After');
  return problem(refusal.status, messageOf(text), retryAfter === null ? {} : { 'Retry-After': retryAfter });
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message : text;
  } catch {
    return text.trim();
  }
}
