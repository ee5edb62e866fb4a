/** How this node was started and how it does, as GET /api/v3/status shows it; src/node-status.ts fills it in. */

export interface NodeStatus {
  /** In the cluster; the name if this node is alone. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** As one would type them; what is secret is masked. */
  readonly flags: readonly ShownFlag[];
  readonly configFile: string;
  readonly configLoadedAtMs: number;
  readonly lastReload: {
    readonly atMs: number;
    /** '' if it succeeded. */
    readonly error: string;
  };
  /** Of the configuration in force. */
  readonly configWarnings: readonly string[];
  readonly storage: {
    readonly isHealthy: boolean;
    readonly error: string;
    /** Null if no history is kept. */
    readonly historyBytes: number | null;
  };
}

export interface ShownFlag {
  readonly name: string;
  readonly value: string;
  readonly isDefault: boolean;
}
