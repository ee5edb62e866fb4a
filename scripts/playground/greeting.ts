/** What `npm start` says once the nodes are ready: where everything is, and what to do next. */
import type { StandInPorts } from './ladder-copy.ts';

export interface Playground {
  readonly nodeUrls: readonly string[];
  readonly inboxUrl: string;
  readonly ports: StandInPorts;
  readonly channels: readonly string[];
  readonly configFile: string;
  /** `npm run fire --`, with a node's address if the playground cannot be found without. */
  readonly fireCommand: string;
  readonly resolveCommand: string;
  /** Another playground runs, which is the one that `npm run kill` finds. */
  readonly isSecond: boolean;
}

export function greeting({
  nodeUrls,
  inboxUrl,
  ports,
  channels,
  configFile,
  isSecond,
  ...commands
}: Playground): string {
  const alert = {
    labels: { alertname: 'DiskFull', severity: 'urgent', instance: 'db1' },
    annotations: { summary: 'The disk of db1 is full' },
  };
  const join =
    channels.length === 0 ? 'join it with any IRC client' : `join ${channels.join(', ')} with any IRC client`;
  const nodes = nodeUrls.map((url, index) => `${`Node ${index + 1}`.padEnd(19)}${url}`);
  const killing = isSecond
    ? ''
    : `
Kill a node the hard way: the next alert is told all the same, and once.

  npm run kill -- 1
  ${commands.fireCommand} --severity important
  npm run revive -- 1
`;
  return `
The inbox          ${inboxUrl}/   open it: what is told arrives here, and who told it
${nodes.join('\n')}
IRC server         127.0.0.1:${ports.irc}           ${join}
SMTP server        127.0.0.1:${ports.smtp}           takes every mail, sends none on
Telegram Bot API   http://127.0.0.1:${ports.botApi}    a fake one: whatever the token
Configuration      ${configFile}

Fire an alert from another terminal, see it arrive, end it:

  ${commands.fireCommand} --severity urgent       (or important, interesting)
  ${commands.resolveCommand}
${killing}
Without npm, to any of the nodes:

  curl -H 'Content-Type: application/json' -d '${JSON.stringify([alert])}' ${nodeUrls[0] ?? ''}/api/v2/alerts

Ctrl-C stops everything. The nodes' logs go on below.

`;
}

/** A sentence for each listener that could not have the port it is known for. */
export function movedPorts(
  wanted: Readonly<Record<string, number>>,
  got: Readonly<Record<string, number>>,
): readonly string[] {
  return Object.entries(wanted)
    .filter(([name, port]) => got[name] !== port)
    .map(([name, port]) => `Port ${port} is taken; ${name} listens on ${got[name]} instead.\n`);
}
