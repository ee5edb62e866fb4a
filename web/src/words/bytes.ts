/** How much room something takes: `312 B`, `4.2 MB`; in powers of ten, as disks are sold. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

export function bytesWords(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1_000 && unit < UNITS.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}`;
}
