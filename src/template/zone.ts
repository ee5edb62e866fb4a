/** Time zones as Go's `*time.Location`: named ones through Temporal's database, and fixed offsets. */
import { type Callable, callable } from './callable.ts';
import { ValueError } from './template-error.ts';
import { TypedValue } from './value.ts';
import { zoneAbbreviation } from './zone-abbreviations.ts';

/** `Area/City` and the old short names. Temporal would also take bare offsets, Go does not. */
const ZONE_NAME = /^[A-Za-z][\w+\-/]*$/;
const METHODS: ReadonlyMap<string, (zone: ZoneValue) => Callable> = new Map([
  ['String', (zone: ZoneValue) => callable([], () => zone.name)],
]);

export abstract class ZoneValue extends TypedValue {
  override readonly typeName = '*time.Location';
  override readonly kind = 'pointer';
  /** '' for an offset without a name. */
  abstract readonly name: string;

  abstract offsetSeconds(epochNanoseconds: bigint): number;

  /** What a layout's `MST` prints; '' where the layout has to print digits instead. */
  abstract abbreviation(epochNanoseconds: bigint): string;

  override stringer(): string {
    return this.name;
  }

  override method(name: string): Callable | undefined {
    return METHODS.get(name)?.(this);
  }
}

export class FixedZone extends ZoneValue {
  readonly name: string;
  readonly #offsetSeconds: number;

  constructor(name: string, offsetSeconds: number) {
    super();
    this.name = name;
    this.#offsetSeconds = offsetSeconds;
  }

  override offsetSeconds(): number {
    return this.#offsetSeconds;
  }

  override abbreviation(): string {
    return this.name;
  }
}

export const UTC: ZoneValue = new FixedZone('UTC', 0);

class NamedZone extends ZoneValue {
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }

  override offsetSeconds(epochNanoseconds: bigint): number {
    const instant = Temporal.Instant.fromEpochNanoseconds(epochNanoseconds);
    return Math.trunc(instant.toZonedDateTimeISO(this.name).offsetNanoseconds / 1e9);
  }

  override abbreviation(epochNanoseconds: bigint): string {
    const offset = this.offsetSeconds(epochNanoseconds);
    const letters = zoneAbbreviation(this.name, offset);
    if (letters !== undefined) return letters;
    // Before there were zones, places kept their local mean time, to the second.
    if (offset % 60 !== 0) return 'LMT';
    // The database names the others by their offset, without minutes where there are none.
    const minutes = Math.trunc(Math.abs(offset) / 60);
    const hour = String(Math.trunc(minutes / 60)).padStart(2, '0');
    const minute = minutes % 60 === 0 ? '' : String(minutes % 60).padStart(2, '0');
    return `${offset < 0 ? '-' : '+'}${hour}${minute}`;
  }
}

/**
 * As Go's LoadLocation. `Local` is UTC: what a message says must not depend on which peer sends it. Throws ValueError for
 * a name that is not in the database.
 */
export function loadZone(name: string): ZoneValue {
  if (name === '' || name === 'UTC' || name === 'Local') return UTC;
  try {
    if (!ZONE_NAME.test(name)) throw new RangeError('no zone name');
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
  } catch (cause) {
    throw new ValueError(`unknown time zone ${name}; write it like Europe/Paris`, { cause });
  }
  return new NamedZone(name);
}
