/** `route show` and `route test`: the routing tree of a file or of a running node, and where an alert would go. */
import type { Config } from '../config/config.ts';
import { formatConfigErrors } from '../config/config-error.ts';
import { type MatcherMode, parseConfig } from '../config/parse.ts';
import { buildRouteTree, type RouteTree } from '../dispatch/route.ts';
import { statusShape } from './api-shapes.ts';
import { type Call, defineCommand } from './command.ts';
import { CommandError } from './command-error.ts';
import { enableFeature, readConfig } from './config-source.ts';
import { onOff, single, text } from './flag-value.ts';
import { parseLabelWords } from './label-words.ts';
import type { NodeClient } from './node-client.ts';
import { drawMatchedRoutes, drawRouteTree } from './route-drawing.ts';

const SOURCE = 'Which tree';
const TEST = 'Test';

const sourceFlags = {
  'config.file': text({
    topic: SOURCE,
    placeholder: 'FILE',
    help: 'Read this file (- is stdin), to try a change before a node gets it; without it the running node is asked.',
  }),
  'enable-feature': enableFeature,
};
type RouteCall = Call<typeof sourceFlags>;

export const routeShow = defineCommand({
  name: 'route show',
  operands: '',
  summary: 'Draws the routing tree.',
  flags: sourceFlags,
  async run(call) {
    const { flags, terminal } = call;
    const { root } = await routeTree(call);
    if (flags.output === 'json') terminal.json(routeAsJson(root));
    else terminal.block(`Routing tree:\n${drawRouteTree(root)}`);
    return 0;
  },
});

export const routeTest = defineCommand({
  name: 'route test',
  operands: 'LABEL…',
  summary: 'Prints the receivers an alert with these labels would go to, in the order of the tree.',
  details: 'Labels are written name=value; a first word without = is the alertname.',
  flags: {
    ...sourceFlags,
    'verify.receivers': single(
      {
        topic: TEST,
        placeholder: 'NAME,…',
        help: 'Fail with exit code 1 unless it goes to exactly these, in this order; for tests of a configuration.',
      },
      (given) => (given === '' ? undefined : given.split(',').map((name) => name.trim())),
    ),
    tree: onOff({ topic: TEST, help: 'Draw the ways through the tree as well.' }),
  },
  async run(call) {
    const { flags, words, terminal } = call;
    const labels = parseLabelWords(words, { bareWordIs: 'alertname' });
    const tree = await routeTree(call);
    const routes = tree.match(labels);
    const receivers = routes.map((route) => route.receiver);
    if (flags.output === 'json') terminal.json({ receivers, routes: routes.map((route) => route.id) });
    else {
      if (flags.tree) terminal.block(`Matching routes:\n${drawMatchedRoutes(tree.root, new Set(routes))}\n`);
      terminal.line(receivers.join(','));
    }
    const expected = flags['verify.receivers'];
    if (expected === undefined || isSameList(expected, receivers)) return 0;
    terminal.remark(`tocsin: expected receivers ${expected.join(',')}, but the alert goes to ${receivers.join(',')}`);
    return 1;
  },
});

async function routeTree({ flags, node, stdin }: RouteCall): Promise<RouteTree> {
  const file = flags['config.file'];
  const matcherMode = flags['enable-feature'];
  const config = file === '' ? await remoteConfig(node, matcherMode) : await localConfig(file, { stdin, matcherMode });
  return buildRouteTree(config.route);
}

async function localConfig(file: string, source: Parameters<typeof readConfig>[1]): Promise<Config> {
  const read = await readConfig(file, source);
  if (!read.ok) throw new CommandError(1, formatConfigErrors(file, read.errors));
  return read.config;
}

/** As the node shows it: whole but for its secrets, which routing does not need. */
async function remoteConfig(node: NodeClient, matcherMode: MatcherMode): Promise<Config> {
  const { config } = await node.ask({ method: 'GET', path: '/api/v2/status' }, statusShape);
  const parsed = parseConfig(config.original, { matcherMode });
  if (parsed.ok) return parsed.config;
  throw new CommandError(
    1,
    `the node's configuration cannot be read here; give the file itself with --config.file\n` +
      formatConfigErrors('configuration', parsed.errors),
  );
}

function routeAsJson(root: RouteTree['root']): unknown {
  return {
    id: root.id,
    receiver: root.receiver,
    matchers: root.matchers.map(String),
    continue: root.continue,
    routes: root.routes.map(routeAsJson),
  };
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
