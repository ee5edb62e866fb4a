/**
 * What a webhook sink heard from a cluster, group by group, and what of it said nothing new. A message is news if an alert
 * in it was last told otherwise, or if as much time has passed as until a repetition. A duplicate needs a cause that
 * was allowed for its group, or is one too many.
 */
import type { ReceivedNotification, WebhookSink } from './webhook-sink.ts';

/** Why promise 2 lets something be told twice. */
export type DuplicateCause = 'died between send and record' | 'partition' | 'disk lost';

export interface Notice {
  /** The node's name. */
  readonly by: string;
  readonly group: string;
  /** `a firing, b resolved` */
  readonly text: string;
  readonly atMs: number;
}

export interface NoticeCount {
  readonly notices: number;
  readonly duplicates: Readonly<Partial<Record<DuplicateCause, number>>>;
  /** In words, by group. */
  readonly tooMany: ReadonlyMap<string, string>;
}

export class Notices {
  readonly #sink: WebhookSink;
  readonly #repeatsAfterMs: number;
  readonly #causes = new Map<string, DuplicateCause>();

  constructor(sink: WebhookSink, { repeatsAfterMs = Number.POSITIVE_INFINITY }: { repeatsAfterMs?: number } = {}) {
    this.#sink = sink;
    this.#repeatsAfterMs = repeatsAfterMs;
  }

  of(group: string): Notice[] {
    return this.#all().filter((notice) => notice.group === group);
  }

  texts(group: string): string[] {
    return this.of(group).map(({ text }) => text);
  }

  senders(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { by } of this.#all()) counts.set(by, (counts.get(by) ?? 0) + 1);
    return counts;
  }

  allowDuplicates(group: string, cause: DuplicateCause): void {
    this.#causes.set(group, cause);
  }

  count(): NoticeCount {
    const last = new Map<string, Notice>();
    const duplicates: Partial<Record<DuplicateCause, number>> = {};
    const tooMany = new Map<string, string>();
    const all = this.#all();
    for (const notice of all) {
      const before = last.get(notice.group);
      last.set(notice.group, notice);
      if (before?.text !== notice.text || notice.atMs - before.atMs >= this.#repeatsAfterMs) continue;
      const cause = this.#causes.get(notice.group);
      if (cause) duplicates[cause] = (duplicates[cause] ?? 0) + 1;
      else {
        const afterMs = Math.round(notice.atMs - before.atMs);
        tooMany.set(notice.group, `${notice.text}, by ${before.by} and ${afterMs} ms later by ${notice.by}`);
      }
    }
    return { notices: all.length, duplicates, tooMany };
  }

  #all(): Notice[] {
    return this.#sink.received.map(noticeOf);
  }
}

function noticeOf({ body, arrivedAtMs }: ReceivedNotification): Notice {
  const alerts = body.alerts.map(({ labels, status }) => `${labels.alertname} ${status}`);
  return {
    by: new URL(body.externalURL).hostname.split('.')[0] ?? '',
    group: body.groupLabels.group ?? '',
    text: alerts.toSorted().join(', '),
    atMs: arrivedAtMs,
  };
}
