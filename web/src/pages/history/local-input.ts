/** Instants as the browser's own field for date and time has them: local, without a zone. */

export function localInputText(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Undefined if there is none. */
export function readLocalInput(text: string): number | undefined {
  const ms = text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
