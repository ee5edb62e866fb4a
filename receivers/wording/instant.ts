/** Instants for people: in UTC and to the minute, so that a page reads the same in every time zone and on every channel. */

/** `2026-01-02 03:04 UTC` */
export function formatInstant(ms: number): string {
  return new Date(ms).toISOString().replace(/T(\d\d:\d\d).*/, ' $1 UTC');
}

/** `since 2026-01-02 03:04 UTC`, or once it has ended `from 2026-01-02 03:04 UTC to 2026-01-02 04:00 UTC` */
export function formatSpan({ startsAtMs, endsAtMs }: { startsAtMs: number; endsAtMs: number | undefined }): string {
  const start = formatInstant(startsAtMs);
  return endsAtMs === undefined ? `since ${start}` : `from ${start} to ${formatInstant(endsAtMs)}`;
}
