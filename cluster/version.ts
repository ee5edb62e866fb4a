/**
 * A version orders what several nodes wrote without asking each other. Whoever wrote after seeing another's word has the
 * later version, whatever the wall clocks show; of two who did not see each other every node picks the same one. It is
 * never read as a time of day.
 */
import type { Now } from '../src/model/now.ts';
import type { NodeId } from './transport.ts';

export interface Version {
  /** Hybrid logical milliseconds: near the wall clock of whoever wrote it, but never behind what it had seen. Whole. */
  readonly time: number;
  /** The process that wrote it, see {@link writerOf}. No spaces. */
  readonly node: string;
}

/**
 * Far beyond every date. Refused above, so that a broken peer cannot push the clocks of all to where whole numbers end
 * and one more is no more; a clock that was driven up to here stays here, and content decides (last-writer.ts).
 */
export const LATEST_TIME = 2 ** 52;
const LONGEST_NODE = 320;

/** A node's own name for one process of it: a restarted node cannot repeat a version, whatever its clock shows. */
export function writerOf(node: NodeId, boot: string): string {
  return `${node}.${boot}`;
}

/** By time, then by writer in UTF-16 order. Negative if `a` is the earlier one; 0 only for the same version. */
export function compareVersions(a: Version, b: Version): number {
  if (a.time !== b.time) return a.time - b.time;
  if (a.node === b.node) return 0;
  return a.node < b.node ? -1 : 1;
}

/** `<time in base 36>@<node>`, about 10 bytes besides the node. Equal texts are equal versions, but do not sort by it. */
export function formatVersion({ time, node }: Version): string {
  return `${time.toString(36)}@${node}`;
}

/** Of what a peer or the disk says; undefined if {@link formatVersion} could not have written it. */
export function parseVersion(text: unknown): Version | undefined {
  if (typeof text !== 'string') return undefined;
  const at = text.indexOf('@');
  const version = { time: Number.parseInt(text.slice(0, Math.max(0, at)), 36), node: text.slice(at + 1) };
  return isVersion(version) && formatVersion(version) === text ? version : undefined;
}

function isVersion({ time, node }: Version): boolean {
  return isVersionTime(time) && node.length <= LONGEST_NODE && /^\S+$/.test(node);
}

function isVersionTime(time: number): boolean {
  return Number.isSafeInteger(time) && time >= 0 && time <= LATEST_TIME;
}

/** The clock of one process. Every version that comes in, from a peer or from disk, must be shown to it. */
export class HybridClock {
  /** Of the versions it gives. */
  readonly node: string;
  #last = 0;

  /** @param node see {@link writerOf} */
  constructor(node: string) {
    this.node = node;
  }

  /** Later than every version it gave or was shown. */
  next(now: Now): Version {
    this.#last = Math.min(LATEST_TIME, Math.max(Math.floor(now.wallMs), this.#last + 1));
    return { time: this.#last, node: this.node };
  }

  see({ time }: Version): void {
    if (isVersionTime(time)) this.#last = Math.max(this.#last, time);
  }
}
