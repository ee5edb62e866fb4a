/** Ports of the loopback address that nobody else holds, as near as possible to the one that people expect. */
import { createServer, type Server } from 'node:net';

/** How many ports after the preferred one are tried. */
const TRIED_PORTS = 50;

/** Binds the server to the preferred port or the first free one after it; gives that port. */
export async function listenNear(server: Server, preferredPort: number): Promise<number> {
  for (let port = preferredPort; port < preferredPort + TRIED_PORTS; port += 1) {
    if (await tryListen(server, port)) return port;
  }
  throw new Error(`all ports from ${preferredPort} to ${preferredPort + TRIED_PORTS - 1} are taken`);
}

/** The port may be taken between this call and its use; who uses it must cope. */
export async function freePortNear(preferredPort: number): Promise<number> {
  const probe = createServer();
  const port = await listenNear(probe, preferredPort);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function tryListen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off('listening', onListening);
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    };
    const onListening = () => {
      server.off('error', onError);
      resolve(true);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen(port, '127.0.0.1');
  });
}
