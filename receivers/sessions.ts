/**
 * Connections that stand longer than a message and are shared: one for all receivers that name the same place, kept over a
 * reload that names it again. A session ends when the last of its users has let go.
 */

export interface Session {
  /** Never rejects. Called once, when nobody uses the session any more. */
  close(): Promise<void>;
}

/** One use of a session. */
export interface Lease<S extends Session> {
  readonly session: S;
  /** Resolves when the session is closed, if this was the last use, else at once. A second call does nothing. */
  release(): Promise<void>;
}

interface Entry {
  readonly session: Session;
  uses: number;
}

export class Sessions {
  readonly #entries = new Map<string, Entry>();

  /**
   * The session of that key, made if there is none.
   * @param key all that makes two sessions different, secrets included, with the kind in front: `irc …`. It is never shown.
   */
  acquire<S extends Session>(key: string, make: () => S): Lease<S> {
    let entry = this.#entries.get(key);
    if (!entry) {
      entry = { session: make(), uses: 0 };
      this.#entries.set(key, entry);
    }
    const used = entry;
    used.uses++;
    let released = false;
    return {
      // Whoever uses a key always makes the same kind of session under it.
      session: used.session as S,
      release: async () => {
        if (released) return;
        released = true;
        if (--used.uses > 0) return;
        this.#entries.delete(key);
        await used.session.close();
      },
    };
  }
}
