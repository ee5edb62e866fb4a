/** `config show`, `cluster show` and `receiver test`: one node as it runs. */
import { receiverTestShape, statusShape } from './api-shapes.ts';
import { defineCommand } from './command.ts';
import { CommandError } from './command-error.ts';
import { onOff } from './flag-value.ts';
import { showInstant } from './instant-text.ts';

export const configShow = defineCommand({
  name: 'config show',
  operands: '',
  summary: 'Prints the configuration the node runs with, defaults filled in and secrets hidden.',
  flags: {},
  async run({ flags, terminal, node }) {
    const status = await node.ask({ method: 'GET', path: '/api/v2/status' }, statusShape);
    if (flags.output === 'json') {
      terminal.json(status);
      return 0;
    }
    terminal.block(status.config.original);
    if (flags.output === 'extended') {
      for (const [name, value] of Object.entries(status.versionInfo)) terminal.line(`${name} ${value}`);
      terminal.line(`started ${showInstant(status.uptime)}`);
    }
    return 0;
  },
});

export const clusterShow = defineCommand({
  name: 'cluster show',
  operands: '',
  summary: "Shows the node's view of the cluster: its state and its live peers.",
  flags: {},
  async run({ flags, terminal, node }) {
    const { cluster } = await node.ask({ method: 'GET', path: '/api/v2/status' }, statusShape);
    if (flags.output === 'json') {
      terminal.json(cluster);
      return 0;
    }
    terminal.line(`Cluster Status: ${cluster.status}`);
    if (cluster.name) terminal.line(`Node Name: ${cluster.name}`);
    const peers = cluster.peers ?? [];
    if (peers.length > 0)
      terminal.table(
        ['Address', 'Name'],
        peers.map((peer) => [peer.address, peer.name]),
      );
    return 0;
  },
});

export const receiverTest = defineCommand({
  name: 'receiver test',
  operands: 'NAME',
  summary: 'Sends a message marked as a test to a receiver, by the way pages take, and says what became of it.',
  details: 'Exit code 1 unless every integration of the receiver took it. It does ring phones.',
  // The node gives the slowest channel two minutes.
  timeout: '125s',
  flags: {
    transcript: onOff({
      topic: 'Output',
      help: 'Shows what was said and answered, line by line, also where all went well; where not, it is shown anyway.',
    }),
  },
  async run({ flags, words, terminal, node }) {
    const [name] = words;
    if (name === undefined || words.length > 1) throw new CommandError(2, 'name one receiver');
    const answer = await node.ask(
      { method: 'POST', path: `/api/v3/receivers/${encodeURIComponent(name)}/test` },
      receiverTestShape,
    );
    const { results } = answer;
    if (flags.output === 'json') terminal.json(answer);
    else {
      terminal.table(
        ['Integration', 'Outcome', 'Seconds', 'Message'],
        results.map((result) => [
          `${result.integration}[${result.index}]`,
          { text: result.outcome, colour: result.outcome === 'sent' ? 'green' : 'red' },
          (result.durationMs / 1000).toFixed(1),
          result.message,
        ]),
      );
      for (const { integration, index, outcome, transcript } of results) {
        // What went well needs no explanation, unless somebody asks.
        if (transcript.length === 0 || (outcome === 'sent' && !flags.transcript)) continue;
        terminal.line('');
        terminal.line(`${integration}[${index}]`);
        for (const line of transcript) terminal.line(`  ${line}`);
      }
    }
    if (results.length === 0)
      terminal.remark(`tocsin: receiver ${name} has no integrations: what is sent to it reaches nobody`);
    return results.length > 0 && results.every((result) => result.outcome === 'sent') ? 0 : 1;
  },
});
