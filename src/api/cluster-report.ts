/**
 * The cluster as one node sees it, as GET /api/v3/cluster shows it and the metrics count it. Instants are ages in
 * milliseconds, since nodes do not share a clock; what is not known is null. Every list has a bound.
 */

/** Work that may be long stands aside; see pacer.ts. */
export interface Pace {
  isDue(): boolean;
  pause(): Promise<void>;
}

export interface ClusterReport {
  /** The id of the node that answers. */
  readonly self: string;
  /** The cluster's clock minus this node's. */
  readonly clockOffsetMs: number;
  /** Whether members that are alive have different configurations; paths, addresses to listen on and secrets aside. */
  readonly configDiffers: boolean;
  /** Everyone remembered, this node among them, by id; 256 at most. */
  readonly members: readonly ReportedMember[];
  readonly claims: {
    readonly total: number;
    /** The first of them, {@link MOST_CLAIMS_SHOWN} at most. */
    readonly open: readonly ReportedClaim[];
  };
  readonly traffic: ReportedTraffic;
}

export const MOST_CLAIMS_SHOWN = 1_000;

export interface ReportedMember {
  readonly id: string;
  readonly self: boolean;
  readonly name: string | null;
  /** Where it says it can be reached. */
  readonly address: string | null;
  /** Where its web UI is, by its own word. */
  readonly url: string | null;
  readonly version: string | null;
  /** Names its process. */
  readonly boot: string | null;
  readonly configHash: string | null;
  readonly alive: boolean;
  /** Why it is taken for alive or dead. */
  readonly reason: string;
  /** Whether it takes its place in the ranking. */
  readonly settled: boolean;
  /** It said goodbye. */
  readonly left: boolean;
  /** Two living processes use its id: a copied data directory. */
  readonly cloned: boolean;
  /** Since this node heard it itself. */
  readonly heardAgoMs: number | null;
  /** Since anybody said to have heard it. */
  readonly heardByAnyoneAgoMs: number;
  /** Its clock minus the cluster's. */
  readonly clockOffsetMs: number | null;
  /** Whom it has a direct link to, by its own word. */
  readonly links: readonly string[];
  /** Whom it hears, and how long before it said so. */
  readonly hears: readonly { readonly member: string; readonly agoMs: number }[];
  /** Groups of this node about which the member speaks first. */
  readonly firstForGroups: number;
  /** From the last delta that asked for a receipt to the peer's; null before the first, and of who is no direct peer. */
  readonly deltaRoundTripMs: number | null;
  /** How far this node has caught up with it; null if there is no direct link. */
  readonly exchange: ReportedExchange | null;
}

export interface ReportedExchange {
  /** Since the begin of the last complete exchange; null before the first. */
  readonly agoMs: number | null;
  readonly running: boolean;
  /** Records this node lacked, or had otherwise, when that exchange asked. */
  readonly behind: number;
  /** Records the member lacked. */
  readonly ahead: number;
  /** Records that stay different: not understood, too large, or left to the next exchange. */
  readonly remaining: number;
}

/** A member says that it is telling a receiver about a group, and has not said what came of it. */
export interface ReportedClaim {
  readonly groupKey: string;
  readonly receiver: string;
  readonly integration: string;
  readonly member: string;
  readonly agoMs: number;
  /** Until others take over. */
  readonly leftMs: number;
}

/** Counted since the start. */
export interface ReportedTraffic {
  /** Changed keys that wait to be told. */
  readonly queued: number;
  readonly messagesRefused: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly recordsRefused: number;
  readonly peersJoined: number;
  readonly peersLost: number;
  /** Records in gossip, by what became of them. */
  readonly deltas: {
    readonly sent: number;
    /** Left to anti-entropy, for want of room. */
    readonly dropped: number;
    readonly tooLarge: number;
    readonly changed: number;
    readonly nothingNew: number;
    readonly refused: number;
    readonly unknownMap: number;
  };
}
