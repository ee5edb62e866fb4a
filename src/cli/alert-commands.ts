/** `alert query` and `alert add`: see what fires, and post an alert by hand. */
import { z } from 'zod';
import { goQuote, type Labels, labelNames, labelValue } from '../model/labels.ts';
import { alertShape, type ShownAlert } from './api-shapes.ts';
import { defineCommand } from './command.ts';
import { CommandError } from './command-error.ts';
import { list, onOff, text } from './flag-value.ts';
import { instantFlag, instantText, showInstant } from './instant-text.ts';
import { parseFilterWords, parseLabelWords } from './label-words.ts';
import type { TableCell } from './table.ts';

const FILTER = 'Which alerts';
const ALERT = 'The alert';

export const alertQuery = defineCommand({
  name: 'alert query',
  operands: '[MATCHER…]',
  summary: 'Shows alerts, by default those that fire and are neither silenced nor inhibited.',
  details:
    'Matchers are written name=value, name!=value, name=~regex or name!~regex; all must match. A first word without ' +
    'operator is the alertname. Flags that name states show alerts in these states only.',
  flags: {
    active: onOff({ topic: FILTER, short: 'a', help: 'Show those that are neither silenced nor inhibited.' }),
    silenced: onOff({ topic: FILTER, short: 's', help: 'Show silenced ones.' }),
    inhibited: onOff({ topic: FILTER, short: 'i', help: 'Show inhibited ones.' }),
    unprocessed: onOff({ topic: FILTER, short: 'u', help: 'Show those no route has seen yet.' }),
    receiver: text({ topic: FILTER, short: 'r', placeholder: 'REGEX', help: 'Show those routed to such receivers.' }),
  },
  async run({ flags, words, terminal, node }) {
    const noneNamed = !flags.active && !flags.silenced && !flags.inhibited && !flags.unprocessed;
    const alerts = await node.ask(
      {
        method: 'GET',
        path: '/api/v2/alerts',
        query: [
          ['active', String(flags.active || noneNamed)],
          ['silenced', String(flags.silenced)],
          ['inhibited', String(flags.inhibited)],
          ['unprocessed', String(flags.unprocessed)],
          ...(flags.receiver === '' ? [] : [['receiver', flags.receiver] as const]),
          ...parseFilterWords(words).map((filter) => ['filter', filter] as const),
        ],
      },
      z.array(alertShape),
    );
    if (flags.output === 'json') {
      terminal.json(alerts);
      return 0;
    }
    const oldestFirst = alerts.toSorted((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt));
    if (flags.output === 'simple') {
      terminal.table(['Alertname', 'Starts At', 'Summary', 'State'], oldestFirst.map(simpleRow));
    } else {
      terminal.table(
        ['Labels', 'Annotations', 'Starts At', 'Ends At', 'Generator URL', 'State'],
        oldestFirst.map(extendedRow),
      );
    }
    return 0;
  },
});

export const alertAdd = defineCommand({
  name: 'alert add',
  operands: 'LABEL…',
  summary: 'Posts an alert to the node.',
  details:
    'Labels are written name=value; a first word without = is the alertname. Without --end the alert runs out after ' +
    'resolve_timeout, unless it is posted again.',
  flags: {
    annotation: list(
      { topic: ALERT, placeholder: 'NAME=VALUE', help: 'Say more than labels do, such as summary=… or runbook=….' },
      (given) => given,
    ),
    'generator-url': text({ topic: ALERT, placeholder: 'URL', help: 'Link to where the alert comes from.' }),
    start: instantFlag({ topic: ALERT, shownDefault: 'now', help: 'When it began.' }),
    end: instantFlag({ topic: ALERT, help: 'When it ends; a time that has passed resolves it.' }),
  },
  async run({ flags, words, node }) {
    const labels = parseLabelWords(words, { bareWordIs: 'alertname' });
    if (Object.keys(labels).length === 0)
      throw new CommandError(2, 'name at least one label, such as alertname=DiskFull');
    if (flags.start !== undefined && flags.end !== undefined && flags.start > flags.end) {
      throw new CommandError(2, 'the alert would end before it starts; exchange --start and --end');
    }
    const alert = {
      labels,
      annotations: parseLabelWords(flags.annotation),
      ...(flags['generator-url'] !== '' && { generatorURL: flags['generator-url'] }),
      ...(flags.start !== undefined && { startsAt: instantText(flags.start) }),
      ...(flags.end !== undefined && { endsAt: instantText(flags.end) }),
    };
    await node.send({ method: 'POST', path: '/api/v2/alerts', body: [alert] });
    return 0;
  },
});

function simpleRow(alert: ShownAlert): readonly TableCell[] {
  return [
    labelValue(alert.labels, 'alertname'),
    showInstant(alert.startsAt),
    labelValue(alert.annotations, 'summary'),
    stateCell(alert.status.state),
  ];
}

function extendedRow(alert: ShownAlert): readonly TableCell[] {
  return [
    showLabels(alert.labels),
    showLabels(alert.annotations),
    showInstant(alert.startsAt),
    showInstant(alert.endsAt),
    alert.generatorURL ?? '',
    stateCell(alert.status.state),
  ];
}

function showLabels(labels: Labels): string {
  return labelNames(labels)
    .map((name) => `${name}=${goQuote(labelValue(labels, name))}`)
    .join(' ');
}

function stateCell(state: string): TableCell {
  return { text: state, colour: state === 'active' ? 'red' : 'yellow' };
}
