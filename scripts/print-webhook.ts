/**
 * A webhook for trying things out: prints each notification it is sent as a human would want to read it, and answers 200.
 * By itself: `node scripts/print-webhook.ts [port]`.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { z } from 'zod';
import { stripUnprintable } from '../src/model/printable-text.ts';
import { listenNear } from './free-port.ts';

export const PREFERRED_PORT = 5001;

/** More is no notification. */
const LARGEST_BODY_BYTES = 10 * 1024 * 1024;

const labels = z.record(z.string(), z.string());
/** The part of Alertmanager's webhook body that is shown. */
const body = z.object({
  status: z.string(),
  receiver: z.string(),
  groupLabels: labels,
  truncatedAlerts: z.number().default(0),
  alerts: z.array(
    z.object({
      status: z.string(),
      labels,
      annotations: labels,
      startsAt: z.string(),
      endsAt: z.string(),
    }),
  ),
});

export interface WebhookPrinter extends AsyncDisposable {
  readonly port: number;
}

/** On the preferred port or the next free one of the loopback address. */
export async function startWebhookPrinter(
  print: (text: string) => void,
  preferredPort: number = PREFERRED_PORT,
): Promise<WebhookPrinter> {
  const server = createServer(async (request, response) => {
    try {
      print(notificationText(await readJson(request), new Date()));
      response.writeHead(200).end();
    } catch (error) {
      const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      print(`Received something that is no notification: ${stripUnprintable(message)}\n`);
      response.writeHead(400).end();
    }
  });
  const port = await listenNear(server, preferredPort);
  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Some lines ending in a line feed. What comes from labels cannot harm a terminal. */
export function notificationText(json: unknown, arrivedAt: Date): string {
  const { status, receiver, groupLabels, alerts, truncatedAlerts } = body.parse(json);
  const firing = alerts.filter((alert) => alert.status === 'firing').length;
  const counts = [firing > 0 && `${firing} firing`, alerts.length > firing && `${alerts.length - firing} resolved`];
  const group = pairs(groupLabels) || 'everything';
  const lines = [
    `──── ${arrivedAt.toLocaleTimeString('en-GB')} ${status.toUpperCase()} to ${receiver}: ${group} (${counts.filter(Boolean).join(', ')})`,
  ];
  for (const alert of alerts) {
    const { alertname = 'an alert without name', ...others } = alert.labels;
    const until = alert.status === 'resolved' ? ` until ${alert.endsAt}` : '';
    lines.push(`  ${alert.status === 'resolved' ? '✓' : '●'} ${alertname}  ${pairs(others)}`);
    for (const [name, value] of Object.entries(alert.annotations)) lines.push(`      ${name}: ${value}`);
    lines.push(`      since ${alert.startsAt}${until}`);
  }
  if (truncatedAlerts > 0) lines.push(`  and ${truncatedAlerts} more`);
  return lines.map((line) => `${stripUnprintable(line)}\n`).join('');
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY_BYTES) throw new Error(`more than ${LARGEST_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

function pairs(set: Readonly<Record<string, string>>): string {
  return Object.entries(set)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

if (import.meta.main) {
  const { port } = await startWebhookPrinter(
    (line) => process.stdout.write(line),
    Number(process.argv[2] ?? PREFERRED_PORT),
  );
  process.stdout.write(`Printing what is posted to http://127.0.0.1:${port}/\n`);
}
