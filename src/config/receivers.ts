/** `receivers`: names, labels and the lists of integrations, each read by the kind of receiver it belongs to. */
import type { z } from 'zod';
import type { ReceiverDefaults } from '../../receivers/defaults.ts';
import type { IntegrationConfig, ReceiverKind } from '../../receivers/index.ts';
import { type LabelNameMode, sortedLabels } from '../model/labels.ts';
import type { ReceiverConfig } from './config.ts';
import { type ConfigPath, quoted } from './config-error.ts';
import { readBlock, readList, readValue, unknownKey } from './fields.ts';
import type { Problems } from './problems.ts';
import { labelNameProblem, textMap, textOrEmpty } from './values.ts';
import { type PlainBlock, type PlainValue, valueAt } from './yaml-tree.ts';

/** Every integration of Alertmanager, in the order in which it builds them. */
const ALERTMANAGER_INTEGRATIONS = [
  'webhook',
  'email',
  'pagerduty',
  'opsgenie',
  'wechat',
  'slack',
  'victorops',
  'pushover',
  'sns',
  'telegram',
  'discord',
  'webex',
  'msteams',
  'msteamsv2',
  'jira',
  'incidentio',
  'rocketchat',
  'mattermost',
];

export interface ReceiversSection {
  readonly config: readonly ReceiverConfig[];
  readonly shown: readonly unknown[];
  /** By receiver name, the first of each: the place of its definition, also of one that is otherwise bad. */
  readonly places: ReadonlyMap<string, ConfigPath>;
}

export interface ReceiversOptions {
  readonly path: ConfigPath;
  readonly problems: Problems;
  readonly kinds: readonly ReceiverKind<IntegrationConfig>[];
  readonly labelNames: LabelNameMode;
  /** Files that are relative to the configuration file are made absolute against it. */
  readonly directory: string;
  readonly defaults: ReceiverDefaults;
}

export function readReceivers(value: PlainValue | undefined, options: ReceiversOptions): ReceiversSection {
  const { path, problems } = options;
  const places = new Map<string, ConfigPath>();
  const receivers = readList(value, { path, problems }).map((item, index) => {
    const receiver = readReceiver(item, { ...options, path: [...path, index] });
    const { name } = receiver.config;
    const first = places.get(name);
    if (first !== undefined) {
      const message = `receiver ${quoted(name)} is defined twice, the first time on line ${problems.lineOf(first)}; names are unique`;
      problems.error([...path, index, 'name'], message);
    } else if (name !== '') places.set(name, [...path, index]);
    return receiver;
  });
  return { config: receivers.map(({ config }) => config), shown: receivers.map(({ shown }) => shown), places };
}

function readReceiver(value: PlainValue, options: ReceiversOptions): { config: ReceiverConfig; shown: unknown } {
  const { path, problems, kinds } = options;
  const block = readBlock(value, { path, problems });
  const field = <Schema extends z.ZodType>(key: string, schema: Schema) =>
    Object.hasOwn(block, key) ? readValue(block[key], schema, { path: [...path, key], problems }) : undefined;
  const name = field('name', textOrEmpty) ?? '';
  if (name === '') problems.error(path, 'a receiver needs a name');
  const labels = readLabels(field('labels', textMap), { ...options, name });
  refuseUnknownKeys(block, options);
  const lists = kinds.map((kind) => readIntegrations(block, { ...options, kind }));
  return {
    config: {
      name,
      labels: sortedLabels({ ...labels, name }),
      integrations: lists.flatMap(({ config }) => config),
    },
    shown: {
      name,
      ...(Object.keys(labels).length > 0 && { labels }),
      ...Object.fromEntries(lists.filter(({ shown }) => shown.length > 0).map(({ key, shown }) => [key, shown])),
    },
  };
}

function refuseUnknownKeys(block: PlainBlock, { path, problems, kinds }: ReceiversOptions): void {
  const known = ['name', 'labels', ...kinds.map(({ configKey }) => configKey)];
  for (const key of Object.keys(block)) {
    if (known.includes(key)) continue;
    const keyPath = [...path, key];
    const isUnsupported = ALERTMANAGER_INTEGRATIONS.includes(key.replace(/_configs$/, '')) && key.endsWith('_configs');
    const message = isUnsupported
      ? `not supported yet (line ${problems.lineOf(keyPath)}); remove it, or send through webhook_configs`
      : unknownKey(key, known);
    problems.error(keyPath, message);
  }
}

function readIntegrations(
  block: PlainBlock,
  options: ReceiversOptions & { readonly kind: ReceiverKind<IntegrationConfig> },
): { key: string; config: IntegrationConfig[]; shown: unknown[] } {
  const { problems, kind, directory, defaults } = options;
  const key = kind.configKey;
  const path = [...options.path, key];
  const list = readList(valueAt(block, key), { path, problems });
  const config: IntegrationConfig[] = [];
  for (const [index, item] of list.entries()) {
    if (item === null) {
      problems.error([...path, index], `missing ${kind.integration} config: write its keys here or remove the "-"`);
      continue;
    }
    const read = readValue(item, kind.schema, { path: [...path, index], problems });
    if (read === undefined) continue;
    const resolved = kind.resolveFiles(read, directory);
    for (const missing of kind.findMissing?.(resolved, defaults) ?? [])
      problems.error([...path, index, ...missing.path], missing.message);
    config.push(resolved);
  }
  return { key, config, shown: config.map((integration) => kind.show(integration, defaults)) };
}

function readLabels(
  labels: ReadonlyMap<string, string> = new Map(),
  { path, problems, labelNames, name }: ReceiversOptions & { readonly name: string },
): Readonly<Record<string, string>> {
  for (const [label, value] of labels) {
    const place = [...path, 'labels', label];
    const problem = labelNameProblem(label, labelNames);
    if (problem !== undefined) problems.error(place, problem);
    else if (label === 'name' && value !== name)
      problems.error(place, "is set by itself to the receiver's name; remove it");
  }
  return Object.fromEntries([...labels].filter(([label]) => label !== 'name'));
}
