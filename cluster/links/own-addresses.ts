/** Where others are told to reach this node: as configured, as it listens, or, if on all interfaces, at each of them. */
import { isIPv4 } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { MOST_ADDRESSES } from './link-message.ts';
import { formatHostAndPort } from './peer-address.ts';

export const ALL_INTERFACES = ['', '0.0.0.0', '::'];

/** IPv4 first; addresses that mean something on this machine only when there are no others. */
export function ownAddresses(
  listened: { readonly host: string; readonly port: number },
  {
    advertised,
    interfaces = networkInterfaces(),
  }: {
    readonly advertised?: string | undefined;
    readonly interfaces?: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;
  },
): string[] {
  if (advertised !== undefined) return [advertised];
  const { host, port } = listened;
  if (!ALL_INTERFACES.includes(host)) return [formatHostAndPort(listened)];
  const known = Object.values(interfaces)
    .flatMap((list) => list ?? [])
    // Of another family nobody could get in; and what is valid on one wire only says nothing without its name.
    .filter(({ address, family }) => (host === '::' || family === 'IPv4') && !/^(fe80|169\.254\.)/i.test(address));
  const outside = known.filter(({ internal }) => !internal);
  return (outside.length > 0 ? outside : known)
    .map(({ address }) => address)
    .toSorted((a, b) => Number(isIPv4(b)) - Number(isIPv4(a)))
    .slice(0, MOST_ADDRESSES)
    .map((address) => formatHostAndPort({ host: address, port }));
}
