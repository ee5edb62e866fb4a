/** What somebody wants to know of what happened; every list that is given narrows it down. */
import type { Matcher } from './matcher.ts';

export interface HistoryQuery {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Empty: all but counts. */
  readonly kinds: readonly string[];
  readonly receivers: readonly string[];
  /** Names of nodes. */
  readonly nodes: readonly string[];
  /** Of notifications; nothing else has one. */
  readonly outcomes: readonly string[];
  /** On the labels of an alert or of a group. */
  readonly matchers: readonly Matcher[];
  readonly fingerprint: string | undefined;
  /** Its id. */
  readonly group: string | undefined;
  /** Found anywhere in it, in upper or lower case; '' is found everywhere. */
  readonly text: string;
}
