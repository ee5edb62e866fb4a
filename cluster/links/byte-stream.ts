/** A stream of bytes to a peer, as the protocols here need it: what they know of the network below them. */

export interface StreamReader {
  /** Called in order, never again after `onEnd`. */
  onBytes(bytes: Uint8Array): void;
  /** The peer has written all it will, or, with a cause, the stream broke. Called once. */
  onEnd(cause?: Error): void;
}

export interface ByteStream {
  /** What comes in waits for the reader, up to a limit above which the stream breaks. Called once. */
  read(reader: StreamReader): void;
  /** False if no more should be sent before {@link drained}. Throws if the stream is closed. */
  send(bytes: Uint8Array): boolean;
  /** Rejects when the stream breaks, or with the signal's reason. */
  drained(signal: AbortSignal): Promise<void>;
  /** Says that nothing more will be written. */
  end(signal: AbortSignal): Promise<void>;
  /** Breaks it off on both sides at once. Idempotent. */
  abort(cause: Error): void;
}
