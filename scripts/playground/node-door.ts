/**
 * Where `npm run kill` and `npm run revive` ask the playground for what they want. It kills its own children only, by the
 * handle it has of them, so that a process number that was given away since can never be meant.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NodeCommandResult } from './node-trio.ts';

export interface NodeDoor {
  kill(number: number): Promise<NodeCommandResult>;
  revive(number: number): Promise<NodeCommandResult>;
}

const NODE_COMMAND = /^\/nodes\/(\d{1,3})\/(kill|revive)$/;

export function isNodeCommand(path: string): boolean {
  return NODE_COMMAND.test(path);
}

export async function answerNodeCommand(
  request: IncomingMessage,
  response: ServerResponse,
  { nodes, token, path }: { readonly nodes: NodeDoor; readonly token: string; readonly path: string },
): Promise<void> {
  const end = (status: number, body: string) => response.writeHead(status, { 'Content-Type': 'text/plain' }).end(body);
  request.resume();
  if (request.method !== 'POST') return void end(405, 'Only POST.\n');
  if (!isSame(request.headers.authorization ?? '', `Bearer ${token}`))
    return void end(403, 'Only npm run may do this.\n');
  const [, number = '', command] = NODE_COMMAND.exec(path) ?? [];
  const { isDone, message } = await (command === 'kill' ? nodes.kill(Number(number)) : nodes.revive(Number(number)));
  end(isDone ? 200 : 409, `${message}\n`);
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
