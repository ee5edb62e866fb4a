/** The command line of the playground's node: what the caller gave, and what is needed beside it. */
import { join } from 'node:path';
import { repository } from '../step.ts';

export interface NodeDefaults {
  readonly configFile: string;
  readonly port: number;
}

/** What is given comes last, and nothing is given twice. */
export function nodeArguments(given: readonly string[], { configFile, port }: NodeDefaults): readonly string[] {
  const defaults = {
    'config.file': configFile,
    // By port, since two nodes cannot share a store.
    'storage.path': join(repository, `data/node-${port}`),
    'web.listen-address': `127.0.0.1:${port}`,
    // The machine's name, which links would hold otherwise, leads to where the node does not listen.
    'web.external-url': givenFlag(given, 'web.listen-address') === undefined ? `http://127.0.0.1:${port}` : undefined,
    'cluster.listen-address': '',
  };
  const added = Object.entries(defaults).filter(
    ([name, value]) => value !== undefined && givenFlag(given, name) === undefined,
  );
  return [...added.map(([name, value]) => `--${name}=${value}`), ...given];
}

/** The last value, '' if it has none; undefined if the flag is not given. */
export function givenFlag(given: readonly string[], name: string): string | undefined {
  const index = given.findLastIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  if (index === -1) return undefined;
  const arg = given[index] ?? '';
  return arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : (given[index + 1] ?? '');
}

/** Where a client on this machine reaches a node that listens there; without a slash at the end. */
export function nodeUrl(address: string, given: readonly string[]): string {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  const isWildcard = ['', '0.0.0.0', '[::]'].includes(host);
  const prefix =
    givenFlag(given, 'web.route-prefix') ?? URL.parse(givenFlag(given, 'web.external-url') ?? '')?.pathname;
  const path = (prefix ?? '').replace(/^\/*|\/*$/g, '');
  return `http://${isWildcard ? '127.0.0.1' : host}:${port}${path === '' ? '' : `/${path}`}`;
}
