/**
 * The beat: what every node says of itself to everyone about once a second, and how it is read. What comes from a peer is
 * checked field by field and bounded; fields of newer nodes are ignored.
 */
import type { NodeId } from './transport.ts';
import { encodeMessage, type WireMessage } from './wire.ts';

export const BEAT_KIND = 'beat';

/** More members than anybody runs; bounds what a broken peer can make this node remember. */
export const MOST_MEMBERS = 256;
const LONGEST_TEXT = 256;
const MOST_ROOT_HASHES = 64;

export interface Beat {
  /** Random, of this process: a restart shows as another. */
  readonly boot: string;
  /** Counts the beats of a boot from 1. */
  readonly sequence: number;
  /** For people. This and the other texts are cut at 256 characters. */
  readonly name: string;
  /** Of the software. */
  readonly version: string;
  readonly configHash: string;
  /** Where it can be reached by others, for people; undefined if it does not know. */
  readonly address?: string | undefined;
  /** Where people can look at it with a browser, http or https; undefined if it was not told. */
  readonly url?: string | undefined;
  /** Whom the sender itself heard lately, and how long ago; not whom it lost its link to and has not heard since. */
  readonly hears: readonly (readonly [node: NodeId, agoMs: number])[];
  /** Whom it has a direct link to. */
  readonly links: readonly NodeId[];
  /** Ids it has heard two living nodes speak under. */
  readonly clones: readonly NodeId[];
  /** Whether it takes its place in the ranking. */
  readonly isSettled: boolean;
  /** Its last beat: it goes for good or to be restarted. */
  readonly isLeaving: boolean;
  readonly wallMs: number;
  /** Of what it holds, by name. */
  readonly rootHashes: Readonly<Record<string, string>>;
}

export function encodeBeat({ clones, isLeaving, rootHashes, url, ...beat }: Beat): Uint8Array {
  return encodeMessage(BEAT_KIND, {
    ...beat,
    name: beat.name.slice(0, LONGEST_TEXT),
    version: beat.version.slice(0, LONGEST_TEXT),
    configHash: beat.configHash.slice(0, LONGEST_TEXT),
    ...(beat.address !== undefined && { address: beat.address.slice(0, LONGEST_TEXT) }),
    // Half an address leads nowhere.
    ...(isWebAddress(url) && { url }),
    // Nearly always absent, and a beat goes to everyone every second.
    ...(clones.length > 0 && { clones }),
    ...(isLeaving && { isLeaving }),
    ...(Object.keys(rootHashes).length > 0 && { rootHashes }),
  });
}

/** Undefined if a field is not what it must be. */
export function readBeat(body: WireMessage['body']): Beat | undefined {
  const { boot, sequence, name, version, configHash, hears, links, isSettled, wallMs } = body;
  const { clones = [], isLeaving = false, rootHashes = {}, address, url } = body;
  if (!isNodeId(boot) || !isText(name) || !isText(version) || !isText(configHash)) return undefined;
  if (address !== undefined && !isText(address)) return undefined;
  if (!isWhole(sequence) || !isWhole(wallMs) || typeof isSettled !== 'boolean' || typeof isLeaving !== 'boolean') {
    return undefined;
  }
  if (!isListOf(hears, isHearing) || !isListOf(links, isNodeId) || !isListOf(clones, isNodeId)) return undefined;
  if (!isRootHashes(rootHashes)) return undefined;
  const said = { boot, sequence, name, version, configHash, hears, links, clones, isSettled, isLeaving, wallMs };
  // People follow it, so what is no address of a page is left out; the rest of the beat is as good as any.
  return { ...said, rootHashes, ...(address !== undefined && { address }), ...(isWebAddress(url) && { url }) };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= LONGEST_TEXT;
/** One that a browser opens as a page; no `javascript:`, and no password in it. */
function isWebAddress(value: unknown): value is string {
  if (!isText(value)) return false;
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
/** Also for boots. */
export const isNodeId = (value: unknown): value is NodeId => isText(value) && /^\S+$/.test(value);

function isHearing(value: unknown): value is readonly [NodeId, number] {
  return Array.isArray(value) && value.length === 2 && isNodeId(value[0]) && isWhole(value[1]);
}

function isListOf<Item>(value: unknown, isItem: (item: unknown) => item is Item): value is readonly Item[] {
  return Array.isArray(value) && value.length <= MOST_MEMBERS && value.every(isItem);
}

function isRootHashes(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= MOST_ROOT_HASHES && entries.every(([name, hash]) => isText(name) && isText(hash));
}
