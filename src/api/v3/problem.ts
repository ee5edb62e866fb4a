/** How API v3 says that something is wrong: problem+json (RFC 9457), whose detail says what to do about it. */
import type { Problem } from '../../shapes/terms.ts';
import { answer } from '../answers.ts';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Invalid',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available now',
};

export function problem(status: number, detail: string, headers: Readonly<Record<string, string>> = {}): Response {
  const body: Problem = { type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail };
  return answer(status, 'application/problem+json', JSON.stringify(body), { ...headers });
}
