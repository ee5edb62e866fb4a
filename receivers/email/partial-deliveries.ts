/** Whom a mail that a relay took for some of its recipients has still to reach, so that a retry tells nobody twice. */

/** Far more than are ever under way; the oldest goes, and its retry tells everybody. */
const MOST_MAILS = 1000;

export class PartialDeliveries {
  readonly #outstanding = new Map<string, readonly string[]>();

  /** Of all recipients those that are still to be told. */
  outstanding(messageId: string, all: readonly string[]): readonly string[] {
    return this.#outstanding.get(messageId) ?? all;
  }

  /** Whether somebody has been told already. */
  has(messageId: string): boolean {
    return this.#outstanding.has(messageId);
  }

  remember(messageId: string, outstanding: readonly string[]): void {
    this.forget(messageId);
    this.#outstanding.set(messageId, outstanding);
    if (this.#outstanding.size > MOST_MAILS) this.forget(this.#outstanding.keys().next().value ?? '');
  }

  forget(messageId: string): void {
    this.#outstanding.delete(messageId);
  }
}
