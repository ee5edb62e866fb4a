/** How each way to reach somebody is doing, node by node, as GET /api/v3/receivers shows it. Instants are on the wall clock. */

export interface ReceiversReport {
  /** The node that answers first. `reason` is '' if the node's part is in it. */
  readonly nodes: readonly {
    readonly node: string;
    readonly name: string;
    readonly isSelf: boolean;
    readonly reason: string;
  }[];
  readonly receivers: readonly { readonly name: string; readonly places: readonly PlaceReport[] }[];
}

/** One integration of a receiver; its place in the list is its index. */
export interface PlaceReport {
  readonly integration: string;
  readonly sendResolved: boolean;
  readonly nodes: readonly NodePlaceReport[];
}

export interface NodePlaceReport {
  /** Name of the node. */
  readonly node: string;
  readonly sentAtMs: number | undefined;
  readonly failedAtMs: number | undefined;
  readonly error: string;
  readonly isFailing: boolean;
  readonly latencyMs: number | null;
  readonly sent: number;
  readonly failed: number;
  readonly underWay: number;
  readonly waiting: number;
  readonly closedUntilMs: number | undefined;
}
