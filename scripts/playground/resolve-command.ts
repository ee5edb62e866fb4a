/** `npm run resolve`: ends what was fired by hand, with `npm run fire` or curl, or what has the name it is told. */

import { CommandError } from '../../src/cli/command-error.ts';
import { text } from '../../src/cli/flag-value.ts';
import { buildRouteTree } from '../../src/dispatch/route.ts';
import { formatDuration } from '../../src/model/duration.ts';
import { toldWhom } from './asked-nodes.ts';
import { alertsOf, configOf, postAlerts, titleOf } from './node-view.ts';
import { definePlaygroundCommand } from './playground-command.ts';
import { isFiredByHand } from './sample-alert.ts';

const WHICH = 'Which alerts';

export const resolve = definePlaygroundCommand({
  name: 'resolve',
  summary:
    'Ends alerts at the nodes that npm start runs: all that npm run fire, or the curl beside it, fired; or with --name ' +
    'those of this name, whoever fired them.',
  flags: {
    name: text({ topic: WHICH, placeholder: 'NAME', help: 'Only those with this alertname.' }),
    instance: text({ topic: WHICH, placeholder: 'NAME', help: 'Only those about this instance.' }),
    severity: text({ topic: WHICH, placeholder: 'WORD', help: 'Only those of this severity.' }),
  },
  async run({ flags, terminal, nodes, system }) {
    const all = await nodes.ask(alertsOf);
    const fits = (given: string, value: string | undefined) => given === '' || given === value;
    const ended = all.filter(
      (alert) =>
        (flags.name !== '' || isFiredByHand(alert)) &&
        fits(flags.name, alert.labels.alertname) &&
        fits(flags.instance, alert.labels.instance) &&
        fits(flags.severity, alert.labels.severity),
    );
    if (ended.length === 0) throw new CommandError(1, nothingToEnd(all.map(({ labels }) => titleOf(labels))));
    const endsAt = new Date(system.now().wallMs).toISOString();
    const posted = ended.map(({ labels, annotations, startsAt, generatorURL = '' }) => ({
      labels,
      annotations,
      startsAt,
      endsAt,
      ...(generatorURL !== '' && { generatorURL }),
    }));
    const told = await nodes.tell((node) => postAlerts(node, posted));
    for (const { labels } of ended) terminal.line(`Ended ${titleOf(labels)} ${toldWhom(told)}.`);
    const config = await nodes.ask(configOf);
    const tree = config && buildRouteTree(config.route);
    const intervalsMs = ended.flatMap(({ labels }) => tree?.match(labels).map((route) => route.groupIntervalMs) ?? []);
    if (intervalsMs.length > 0) {
      terminal.line(
        `Whoever was told that it fires is told of the end within ${formatDuration(Math.max(...intervalsMs))}.`,
      );
    }
    return 0;
  },
});

function nothingToEnd(titles: readonly string[]): string {
  if (titles.length === 0) return 'nothing fires';
  const shown = titles.slice(0, 5).join(', ') + (titles.length > 5 ? ` and ${titles.length - 5} more` : '');
  return `none of what fires is meant: ${shown}. With -- --name NAME it is ended whoever fired it`;
}
