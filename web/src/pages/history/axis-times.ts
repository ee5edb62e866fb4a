/** What stands below a time axis: the day where one begins, the time elsewhere; in the reader's own zone, on 24 hours. */

const DAY_SECONDS = 86_400;

/** One text for each of `seconds`, which are `stepSeconds` apart. */
export function axisTimes(seconds: readonly number[], stepSeconds: number, timeZone?: string): string[] {
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone });
  const time = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(stepSeconds < 60 ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
    timeZone,
  });
  let lastDay = '';
  return seconds.map((second, index) => {
    const date = second * 1_000;
    const today = day.format(date);
    const isNewDay = today !== lastDay && (index > 0 || stepSeconds >= DAY_SECONDS);
    lastDay = today;
    return isNewDay || stepSeconds >= DAY_SECONDS ? today : time.format(date);
  });
}
