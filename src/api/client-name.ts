/** Names whoever sends a request, for the record: the address it comes from, and what it calls itself. */
import { stripUnprintable } from '../model/printable-text.ts';
import type { ApiContext } from './request-body.ts';

const LONGEST_WORD = 100;

/** `10.0.0.7 (Prometheus/3.1.0)`; '' if nothing is known. A proxy in front is the one that is named. */
export function clientName(context: ApiContext): string {
  const address = context.env?.incoming?.socket?.remoteAddress?.replace(/^::ffff:(?=\d+\.)/i, '') ?? '';
  const agent = stripUnprintable((context.req.header('user-agent') ?? '').slice(0, LONGEST_WORD)).trim();
  return agent === '' ? address : `${address} (${agent})`.trim();
}
