/**
 * A node of its own process that does nothing but keep its links and answer requests with their own bytes. Says on its
 * first line where it listens; on SIGTERM it stops, and ends by itself if nothing of the network is left.
 */
import { pino } from 'pino';
import { createLibp2pTransport } from '../../cluster/libp2p-transport.ts';
import { realSystem } from '../../src/system.ts';

const [secret = '', ...peers] = process.argv.slice(2);
const transport = await createLibp2pTransport(
  { system: realSystem, logger: pino({ level: 'warn' }, process.stderr) },
  {
    key: new Uint8Array(32).fill(process.pid % 251),
    secret: new Uint8Array(Buffer.from(secret, 'base64url')),
    listenAddress: { host: '127.0.0.1', port: 0 },
    peers,
  },
);
await transport.start({
  onBroadcast: () => undefined,
  onRequest: async (_, bytes) => bytes,
  onLinkChange: (peer, change) => void process.stdout.write(`${change} ${peer}\n`),
});
process.stdout.write(`listening ${transport.listenAddress} ${transport.self}\n`);
process.once('SIGTERM', () => void transport.stop().then(() => process.stdout.write('stopped\n')));
