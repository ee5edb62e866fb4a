/** The cluster's flags, with Alertmanager's names and defaults. */
import { type FlagWords, goDuration, list, onOff, single, text } from './cli/flag-value.ts';
import { hostAndPort } from './host-and-port.ts';

const TOPIC = 'Cluster';

/** A length of time that makes no sense at zero. */
function interval(defaultText: string, help: string) {
  return goDuration({ topic: TOPIC, defaultText, help }, { atLeast: 'more than zero' });
}

function optionalAddress(words: Omit<FlagWords, 'topic'>) {
  return single({ topic: TOPIC, placeholder: 'HOST:PORT', ...words }, (given) =>
    given === '' ? '' : hostAndPort(given),
  );
}

export const clusterFlagTable = {
  'cluster.listen-address': optionalAddress({
    defaultText: '0.0.0.0:9094',
    help: 'Where peers reach this node; give an empty value to run without a cluster.',
  }),
  'cluster.advertise-address': optionalAddress({
    shownDefault: 'the address listened on',
    help: 'Set it behind NAT or in a container, where peers must use another address than the one listened on.',
  }),
  'cluster.peer': list(
    {
      topic: TOPIC,
      placeholder: 'HOST:PORT',
      help: 'Name the other nodes, all of them or a few; whoever is found tells of the rest.',
    },
    hostAndPort,
  ),
  'cluster.peer-name': text({
    topic: TOPIC,
    shownDefault: 'the host name',
    help: 'Set it to recognise the node in the UI.',
  }),
  'cluster.label': text({
    topic: TOPIC,
    help: 'Give separate clusters on one network separate labels, so that they cannot join by mistake.',
  }),
  'cluster.peer-timeout': interval(
    '15s',
    'How long a silent peer whose turn it is to notify is waited for: shorter pages sooner, longer repeats less.',
  ),
  'cluster.settle-timeout': goDuration(
    {
      topic: TOPIC,
      defaultText: '1m',
      help: 'Shorten it to notify sooner after a start, at the risk of repeating what peers have told; 0s notifies at once.',
    },
    { atLeast: 'zero' },
  ),
  'cluster.peers-resolve-timeout': interval(
    '15s',
    'Lengthen it if the names of peers appear in DNS late after a start.',
  ),
  'cluster.gossip-interval': interval('200ms', 'Lengthen it to spend less bandwidth, at the price of slower news.'),
  'cluster.pushpull-interval': interval('1m', 'Shorten it to repair lost messages sooner, at the price of bandwidth.'),
  'cluster.tcp-timeout': interval('10s', 'Lengthen it on links so slow that connections to peers time out.'),
  'cluster.probe-timeout': interval('500ms', 'Lengthen it to the slowest round trip, or far peers seem dead.'),
  'cluster.probe-interval': interval('1s', 'Shorten it to notice dead peers sooner, at the price of bandwidth.'),
  'cluster.reconnect-interval': interval('10s', 'Shorten it to find lost peers again sooner.'),
  'cluster.reconnect-timeout': interval(
    '6h',
    'Lengthen it if peers are away for longer and should still be looked for.',
  ),
  'cluster.tls-config': text({
    topic: TOPIC,
    placeholder: 'FILE',
    help: 'Accepted without effect: this node exchanges nothing with peers that certificates could protect.',
  }),
  'cluster.allow-insecure-public-advertise-address-discovery': onOff({
    topic: TOPIC,
    help: 'Turn it on to let the node advertise a public address it finds by itself.',
  }),
};
