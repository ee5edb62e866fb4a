/**
 * The cluster's flags, with Alertmanager's names and defaults where the thing is the same. Those that set how its gossip
 * goes have no counterpart here: they are taken and checked, so that a command line written for it starts a node.
 */
import { readPeerAddress } from '../cluster/links/peer-address.ts';
import { type Flag, type FlagWords, goDuration, list, onOff, single, text } from './cli/flag-value.ts';
import { hostAndPort } from './host-and-port.ts';

const TOPIC = 'Cluster';
const NO_EFFECT = 'Taken for compatibility; no effect.';

/** A length of time that makes no sense at zero. */
function interval(defaultText: string, help = NO_EFFECT) {
  return goDuration({ topic: TOPIC, defaultText, help }, { atLeast: 'more than zero' });
}

function optionalAddress(words: Omit<FlagWords, 'topic'>) {
  return single({ topic: TOPIC, placeholder: 'HOST:PORT', ...words }, (given) =>
    given === '' ? '' : hostAndPort(given),
  );
}

function ifGiven(words: Omit<FlagWords, 'topic'>): Flag<string | undefined> {
  const flag = optionalAddress(words);
  return { ...flag, read: (texts) => (texts.length === 0 ? undefined : flag.read(texts)) };
}

function peerAddress(given: string): string {
  if (readPeerAddress(given) !== undefined) return given;
  throw new RangeError(
    'wants HOST:PORT, such as tocsin-2.example.org:9094, or a multiaddr such as /dns/tocsin-2/tcp/9094',
  );
}

export const clusterFlagTable = {
  'cluster.secret-file': text({
    topic: TOPIC,
    placeholder: 'FILE',
    help: 'The secret that all nodes of a cluster have in common; whoever has another one, or none, gets in nowhere. "tocsin cluster secret" makes one.',
  }),
  /** Undefined if it is not given: what it is then depends on what else is. */
  'cluster.listen-address': ifGiven({
    shownDefault: 'by the other flags',
    help: 'Where peers are listened to: 0.0.0.0:9094 with a secret; without one only this machine may reach it, 127.0.0.1:9094 if peers are named. An empty value, or none of these flags, says that this node is alone.',
  }),
  'cluster.advertise-address': optionalAddress({
    defaultText: '',
    shownDefault: 'the address listened on',
    help: 'Where others are told to dial this node, if that is not where it listens.',
  }),
  'cluster.peer': list(
    {
      topic: TOPIC,
      placeholder: 'HOST:PORT',
      help: 'A peer to look for, again and again, its name resolved each time. One that is in the cluster is enough: it tells of the others. Also a multiaddr.',
    },
    peerAddress,
  ),
  'cluster.peer-name': text({
    topic: TOPIC,
    shownDefault: 'the host name',
    help: 'Names this node on its page, to its peers, and in the alerts it raises about itself.',
  }),
  'cluster.label': text({
    topic: TOPIC,
    help: 'Nodes with different labels keep apart, as those with different secrets do.',
  }),
  'cluster.peer-timeout': interval(
    '15s',
    'After so long the next in line tells what a live peer before it should have told. The same on all nodes.',
  ),
  'cluster.settle-timeout': goDuration(
    { topic: TOPIC, defaultText: '1m', help: 'A node that starts waits at most so long for what its peers know.' },
    { atLeast: 'zero' },
  ),
  'cluster.reconnect-timeout': interval(
    '6h',
    'A peer that was learned of is looked for so long; one named with --cluster.peer for ever.',
  ),
  'cluster.peers-resolve-timeout': interval('15s'),
  'cluster.gossip-interval': interval('200ms'),
  'cluster.pushpull-interval': interval('1m'),
  'cluster.tcp-timeout': interval('10s'),
  'cluster.probe-timeout': interval('500ms'),
  'cluster.probe-interval': interval('1s'),
  'cluster.reconnect-interval': interval('10s'),
  'cluster.tls-config': text({
    topic: TOPIC,
    placeholder: 'FILE',
    help: `${NO_EFFECT} What passes between peers is always encrypted.`,
  }),
  'cluster.allow-insecure-public-advertise-address-discovery': onOff({ topic: TOPIC, help: NO_EFFECT }),
};

export const IDLE_CLUSTER_FLAGS = [
  'cluster.peers-resolve-timeout',
  'cluster.gossip-interval',
  'cluster.pushpull-interval',
  'cluster.tcp-timeout',
  'cluster.probe-timeout',
  'cluster.probe-interval',
  'cluster.reconnect-interval',
  'cluster.tls-config',
  'cluster.allow-insecure-public-advertise-address-discovery',
] as const satisfies readonly (keyof typeof clusterFlagTable)[];
