/** What `npm start` says once the node is ready: where everything is, and what to do next. */
import type { StandInPorts } from './ladder-copy.ts';

export interface Playground {
  readonly nodeUrl: string;
  readonly inboxUrl: string;
  readonly ports: StandInPorts;
  readonly channels: readonly string[];
  readonly configFile: string;
  /** `npm run fire --`, with the node's address if it cannot be found without. */
  readonly fireCommand: string;
  readonly resolveCommand: string;
}

export function greeting({ nodeUrl, inboxUrl, ports, channels, configFile, ...commands }: Playground): string {
  const alert = {
    labels: { alertname: 'DiskFull', severity: 'urgent', instance: 'db1' },
    annotations: { summary: 'The disk of db1 is full' },
  };
  const join =
    channels.length === 0 ? 'join it with any IRC client' : `join ${channels.join(', ')} with any IRC client`;
  return `
Tocsin             ${nodeUrl}
The inbox          ${inboxUrl}/   open it: what is told arrives here
IRC server         127.0.0.1:${ports.irc}           ${join}
SMTP server        127.0.0.1:${ports.smtp}           takes every mail, sends none on
Telegram Bot API   http://127.0.0.1:${ports.botApi}    a fake one: whatever the token
Configuration      ${configFile}

Fire an alert from another terminal, see it arrive, end it:

  ${commands.fireCommand} --severity urgent       (or important, interesting)
  ${commands.resolveCommand}

or without npm:

  curl -H 'Content-Type: application/json' -d '${JSON.stringify([alert])}' ${nodeUrl}/api/v2/alerts

Ctrl-C stops everything. The node's log:

`;
}

/** A sentence for each stand-in that could not have the port it is known for. */
export function movedPorts(
  wanted: Readonly<Record<string, number>>,
  got: Readonly<Record<string, number>>,
): readonly string[] {
  return Object.entries(wanted)
    .filter(([name, port]) => got[name] !== port)
    .map(([name, port]) => `Port ${port} is taken; the ${name} listens on ${got[name]} instead.\n`);
}
