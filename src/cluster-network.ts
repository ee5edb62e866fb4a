/**
 * The network under a node's cluster, made from its command line: who it is, what secret it shares with its peers, where
 * it listens, and whom it looks for. Whoever was a peer when this node ran last is looked for again, so that a node that
 * was given no peers does not take itself for alone after a restart.
 */
import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { ServerFlags } from './flags.ts';
import type { ClusterNetwork } from './peers.ts';
import { RememberedPeers } from './remembered-peers.ts';
import type { System } from './system.ts';

/** The message says what to do. */
export class ClusterNetworkError extends Error {
  override readonly name = 'ClusterNetworkError';
}

/**
 * Undefined if the command line asks for no cluster. Nothing listens yet.
 * @throws ClusterNetworkError or NodeKeyError if the secret, the key or an address cannot be used
 */
export async function openClusterNetwork(
  { system, logger }: { system: System; logger: Logger },
  flags: ServerFlags,
): Promise<ClusterNetwork | undefined> {
  if (flags.clusterListenAddress === '') return undefined;
  const secret = await readSecret(flags.clusterSecretFile);
  // Loaded here, since a node alone needs none of it.
  const [{ createLibp2pTransport }, { loadOrCreateNodeKey }] = await Promise.all([
    import('../cluster/libp2p-transport.ts'),
    import('../cluster/links/node-key.ts'),
  ]);
  const key = await loadOrCreateNodeKey(flags.storagePath);
  const remembered = await RememberedPeers.load({ system, logger }, { directory: flags.storagePath });
  const at = flags.clusterListenAddress.lastIndexOf(':');
  const host = flags.clusterListenAddress.slice(0, at).replace(/^\[|\]$/g, '');
  try {
    const transport = await createLibp2pTransport(
      { system, logger },
      {
        key,
        secret,
        label: flags.clusterLabel,
        listenAddress: { host, port: Number(flags.clusterListenAddress.slice(at + 1)) },
        ...(flags.clusterAdvertiseAddress !== '' && { advertiseAddress: flags.clusterAdvertiseAddress }),
        peers: flags.clusterPeers,
        learned: remembered.peers,
        reconnectTimeoutMs: flags.clusterReconnectTimeoutMs,
      },
    );
    remembered.keep(() => transport.learned);
    return {
      transport,
      expectedPeers: Math.max(flags.clusterPeers.length, remembered.peers.length),
      stop: () => remembered.stop(),
    };
  } catch (cause) {
    if (cause instanceof RangeError) throw new ClusterNetworkError(cause.message, { cause });
    throw cause;
  }
}

/** Blanks around it do not count: editors and `echo` end a file with a line break. */
async function readSecret(file: string): Promise<Uint8Array | undefined> {
  if (file === '') return undefined;
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ClusterNetworkError(
      `--cluster.secret-file cannot be read (${message}): make one with "tocsin cluster secret", the same for all nodes`,
      { cause },
    );
  }
  if (text.length < SHORTEST_SECRET_CHARACTERS) {
    throw new ClusterNetworkError(
      `--cluster.secret-file ${file} holds ${text.length} characters, fewer than ${SHORTEST_SECRET_CHARACTERS}: make one with "tocsin cluster secret"`,
    );
  }
  return new TextEncoder().encode(text);
}

/** As many as 32 random bytes have in base64url, so that nobody takes a word that could be guessed. */
const SHORTEST_SECRET_CHARACTERS = 43;
