/** What a cluster is made from, and what it counts; see cluster.ts. */
import type { Logger } from 'pino';
import type { Now } from '../src/model/now.ts';
import type { System } from '../src/system.ts';
import type { DeltaCounts } from './delta-broadcast.ts';
import type { MemberChange } from './member-changes.ts';
import type { SelfDescription } from './membership.ts';
import type { Body } from './question-batches.ts';
import type { ReadinessOptions } from './readiness.ts';
import type { NodeId, Transport } from './transport.ts';

/** Answers a question of a peer: any JSON object in, one out. A throw reaches the asker as a failed request. */
export type AnswerQuestion = (body: Body, context: { from: NodeId; now: Now }) => object;

/** The same, of what has to be looked up first. It bounds how many it works on at once. */
export type AnswerQuestionLater = (body: Body, context: { from: NodeId; now: Now }) => Promise<object>;

export interface ClusterDependencies {
  readonly system: System;
  readonly logger: Logger;
  readonly transport: Transport;
  /** What this node says of itself to the others, asked for anew for each beat. */
  readonly describe: () => SelfDescription;
  /** Must not throw and must not wait. */
  readonly onMemberChange?: ((change: MemberChange, name: string | undefined) => void) | undefined;
}

export interface ClusterOptions extends ReadinessOptions {
  /** Random, of this process. */
  readonly boot: string;
  readonly peerTimeoutMs: number;
  readonly reconnectTimeoutMs?: number;
}

/** Since the start, but for what is queued now. */
export interface ClusterCounts {
  readonly deltas: DeltaCounts;
  /** Changed keys that wait to be told. */
  readonly queued: number;
  /** Messages that could not be read or were of no known kind. */
  readonly messagesRefused: number;
  /** Of messages to and from peers, without what the network adds; 0 where it does not count. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly recordsRefused: number;
  /** Times a peer was found alive, or no longer. */
  readonly peersJoined: number;
  readonly peersLost: number;
}
