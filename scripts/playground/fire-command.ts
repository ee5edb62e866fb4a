/** `npm run fire`: posts an alert to the playground's nodes and says where and when it will be told. */

import { list, text } from '../../src/cli/flag-value.ts';
import { parseLabelWords } from '../../src/cli/label-words.ts';
import type { NodeClient } from '../../src/cli/node-client.ts';
import { buildRouteTree } from '../../src/dispatch/route.ts';
import { formatDuration } from '../../src/model/duration.ts';
import { type Labels, sameLabels } from '../../src/model/labels.ts';
import { toldWhom } from './asked-nodes.ts';
import { alertsOf, configOf, groupsOf, postAlerts, titleOf } from './node-view.ts';
import { definePlaygroundCommand } from './playground-command.ts';
import { type Prospect, prospects } from './prospect.ts';
import { sampleAlert } from './sample-alert.ts';

const ALERT = 'The alert';

export const fire = definePlaygroundCommand({
  name: 'fire',
  summary:
    'Fires an alert at the nodes that npm start runs; what is told of it, and by which node, shows in the inbox.',
  flags: {
    severity: text({
      topic: ALERT,
      placeholder: 'interesting|important|urgent',
      defaultText: 'urgent',
      help: 'How high up the ladder it goes; any other word is a severity that the ladder does not know.',
    }),
    name: text({
      topic: ALERT,
      placeholder: 'NAME',
      shownDefault: 'by severity',
      help: 'Its alertname, such as DiskFull.',
    }),
    instance: text({
      topic: ALERT,
      placeholder: 'NAME',
      shownDefault: 'by severity',
      help: 'What it is about, such as db1.',
    }),
    visibility: text({
      topic: ALERT,
      placeholder: 'private',
      help: 'private, or any word but public: told to one person, never to a channel.',
    }),
    summary: text({ topic: ALERT, shownDefault: 'by name', help: 'What people are to read.' }),
    label: list({ topic: ALERT, placeholder: 'NAME=VALUE', help: 'Any other label.' }, (given) => given),
  },
  async run({ flags, terminal, nodes, inboxUrl }) {
    const alert = sampleAlert({ ...flags, labels: parseLabelWords(flags.label) });
    const view = await nodes.ask((node) => viewBefore(node, alert.labels));
    const told = await nodes.tell((node) => postAlerts(node, [alert]));
    const title = titleOf(alert.labels);
    if (view.firesSince !== undefined) {
      terminal.line(`${title} fires already, since ${view.firesSince}; posted once more ${toldWhom(told)}.`);
      terminal.line(
        `It is told again ${again(view.prospects)}. For a new page: another --instance, or npm run resolve first.`,
      );
      return 0;
    }
    terminal.line(`Fired ${title} ${toldWhom(told)}.`);
    const hushed = await nodes.ask((node) => hushedBy(node, alert.labels));
    if (hushed !== undefined) terminal.line(`Nobody is told for now: it is ${hushed}.`);
    else for (const line of announced(view.prospects, inboxUrl)) terminal.line(line);
    if (view.resolveTimeoutMs !== undefined) {
      terminal.line(`It ends with npm run resolve, or by itself after ${formatDuration(view.resolveTimeoutMs)}.`);
    }
    return 0;
  },
});

interface View {
  /** Of the same alert. */
  readonly firesSince: string | undefined;
  /** Empty if the node's routes cannot be read. */
  readonly prospects: readonly Prospect[];
  readonly resolveTimeoutMs: number | undefined;
}

async function viewBefore(node: NodeClient, labels: Labels): Promise<View> {
  const [config, groups, alerts] = await Promise.all([configOf(node), groupsOf(node), alertsOf(node)]);
  const same = alerts.find((alert) => sameLabels(alert.labels, labels));
  return {
    firesSince: same && new Date(same.startsAt).toLocaleTimeString('en-GB'),
    prospects: config ? prospects(buildRouteTree(config.route), labels, groups) : [],
    resolveTimeoutMs: config?.global.resolveTimeoutMs,
  };
}

/** Why the node tells nobody of it, undefined if it does. */
async function hushedBy(node: NodeClient, labels: Labels): Promise<string | undefined> {
  const posted = (await alertsOf(node)).find((alert) => sameLabels(alert.labels, labels));
  if (posted === undefined || posted.status.state !== 'suppressed') return undefined;
  const isInhibited = Array.isArray(posted.status.inhibitedBy) && posted.status.inhibitedBy.length > 0;
  return isInhibited ? 'inhibited by a louder alert about the same thing' : 'silenced';
}

function announced(all: readonly Prospect[], inboxUrl: string | undefined): readonly string[] {
  const where = inboxUrl === undefined ? '' : ` in the inbox, ${inboxUrl}/`;
  const names = (some: readonly Prospect[]) => some.map(({ receiver }) => receiver).join(', ');
  const lines = [...Map.groupBy(all, ({ reason, withinMs }) => `${reason} ${withinMs}`).values()].map((some) => {
    const [{ reason, withinMs } = { reason: 'new group' as const, withinMs: 0 }] = some;
    return reason === 'new group'
      ? `It goes to ${names(some)}; the page appears in about ${formatDuration(withinMs)}${where}`
      : `It goes to ${names(some)} with the next news of its group, within ${formatDuration(withinMs)}${where}`;
  });
  const held = all.filter(({ timeIntervals }) => timeIntervals.length > 0);
  const intervals = new Set(held.flatMap(({ timeIntervals }) => timeIntervals));
  return held.length === 0
    ? lines
    : [...lines, `For ${names(held)} it depends on the hour: see the time intervals ${[...intervals].join(', ')}.`];
}

function again(all: readonly Prospect[]): string {
  const repeats = all.map(({ receiver, repeatMs }) => `to ${receiver} every ${formatDuration(repeatMs)}`);
  return repeats.length === 0 ? 'after repeat_interval' : repeats.join(', ');
}
