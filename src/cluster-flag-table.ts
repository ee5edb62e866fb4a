/**
 * The cluster's flags, with Alertmanager's names and defaults. There is no cluster yet: they are taken and checked so that
 * a command line written for Alertmanager starts a node, and all but the node's name do nothing.
 */
import { type FlagWords, goDuration, list, onOff, single, text } from './cli/flag-value.ts';
import { hostAndPort } from './host-and-port.ts';

const TOPIC = 'Cluster';
const NO_EFFECT_YET = 'Taken for compatibility; no effect yet.';

/** A length of time that makes no sense at zero. */
function interval(defaultText: string) {
  return goDuration({ topic: TOPIC, defaultText, help: NO_EFFECT_YET }, { atLeast: 'more than zero' });
}

function optionalAddress(words: Omit<FlagWords, 'topic'>) {
  return single({ topic: TOPIC, placeholder: 'HOST:PORT', ...words }, (given) =>
    given === '' ? '' : hostAndPort(given),
  );
}

export const clusterFlagTable = {
  'cluster.listen-address': optionalAddress({
    defaultText: '0.0.0.0:9094',
    help: 'Taken for compatibility; nothing listens there yet. An empty value says that no cluster is wanted.',
  }),
  'cluster.advertise-address': optionalAddress({
    shownDefault: 'the address listened on',
    help: NO_EFFECT_YET,
  }),
  'cluster.peer': list(
    {
      topic: TOPIC,
      placeholder: 'HOST:PORT',
      help: 'Taken for compatibility; no effect yet: this node runs alone and shares nothing with those named.',
    },
    hostAndPort,
  ),
  'cluster.peer-name': text({
    topic: TOPIC,
    shownDefault: 'the host name',
    help: 'Names this node on its page and in the alerts it raises about itself.',
  }),
  'cluster.label': text({ topic: TOPIC, help: NO_EFFECT_YET }),
  'cluster.peer-timeout': interval('15s'),
  'cluster.settle-timeout': goDuration({ topic: TOPIC, defaultText: '1m', help: NO_EFFECT_YET }, { atLeast: 'zero' }),
  'cluster.peers-resolve-timeout': interval('15s'),
  'cluster.gossip-interval': interval('200ms'),
  'cluster.pushpull-interval': interval('1m'),
  'cluster.tcp-timeout': interval('10s'),
  'cluster.probe-timeout': interval('500ms'),
  'cluster.probe-interval': interval('1s'),
  'cluster.reconnect-interval': interval('10s'),
  'cluster.reconnect-timeout': interval('6h'),
  'cluster.tls-config': text({ topic: TOPIC, placeholder: 'FILE', help: NO_EFFECT_YET }),
  'cluster.allow-insecure-public-advertise-address-discovery': onOff({ topic: TOPIC, help: NO_EFFECT_YET }),
};
