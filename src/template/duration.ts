/** Go's `time.Duration`: nanoseconds in 64 bits, its methods and how it prints. */
import { type Callable, callable, type Parameter } from './callable.ts';
import { IntegerValue } from './value.ts';

export const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const MAX_NANOSECONDS = 2n ** 63n - 1n;
const MIN_NANOSECONDS = -(2n ** 63n);

export class Duration extends IntegerValue {
  /** Durations longer than 292 years stop there, as in Go. */
  constructor(nanoseconds: bigint) {
    super('time.Duration', clamp(nanoseconds));
  }

  get seconds(): number {
    return this.in(NANOSECONDS_PER_SECOND);
  }

  /** Whole units and the rest apart, as Go does: the last digit depends on it. */
  in(unit: bigint): number {
    return Number(this.integer / unit) + Number(this.integer % unit) / Number(unit);
  }

  override stringer(): string {
    return formatDuration(this.integer);
  }

  override method(name: string): Callable | undefined {
    return METHODS.get(name)?.(this);
  }
}

/** A duration; an integer constant may be written for it and counts nanoseconds. */
export const DURATION: Parameter<Duration> = {
  typeName: 'time.Duration',
  constants: 'int',
  accepts: (value) => value instanceof Duration,
  fromConstant: (nanoseconds) => new Duration(nanoseconds),
};

type Method = (duration: Duration) => Callable;

const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['Nanoseconds', (duration) => callable([], () => int64(duration.integer))],
  ['Microseconds', (duration) => callable([], () => int64(duration.integer / 1000n))],
  ['Milliseconds', (duration) => callable([], () => int64(duration.integer / 1_000_000n))],
  ['Seconds', (duration) => callable([], () => duration.seconds)],
  ['Minutes', (duration) => callable([], () => duration.in(60n * NANOSECONDS_PER_SECOND))],
  ['Hours', (duration) => callable([], () => duration.in(3600n * NANOSECONDS_PER_SECOND))],
  ['Abs', (duration) => callable([], () => new Duration(duration.integer < 0n ? -duration.integer : duration.integer))],
  ['String', (duration) => callable([], () => duration.stringer())],
  [
    'Truncate',
    (duration) =>
      callable([DURATION], (unit) =>
        unit.integer <= 0n ? duration : new Duration(duration.integer - (duration.integer % unit.integer)),
      ),
  ],
  ['Round', (duration) => callable([DURATION], (unit) => new Duration(roundTo(duration.integer, unit.integer)))],
]);

function int64(integer: bigint): IntegerValue {
  return new IntegerValue('int64', integer);
}

/** Halves away from zero; a unit of zero or less changes nothing. */
function roundTo(integer: bigint, unit: bigint): bigint {
  if (unit <= 0n) return integer;
  const rest = integer % unit;
  const magnitude = rest < 0n ? -rest : rest;
  if (magnitude + magnitude < unit) return integer - rest;
  return integer < 0n ? integer - rest - unit : integer - rest + unit;
}

function clamp(nanoseconds: bigint): bigint {
  if (nanoseconds > MAX_NANOSECONDS) return MAX_NANOSECONDS;
  return nanoseconds < MIN_NANOSECONDS ? MIN_NANOSECONDS : nanoseconds;
}

/** `1h2m3.5s`, `1.5ms`, `0s`. */
function formatDuration(nanoseconds: bigint): string {
  const sign = nanoseconds < 0n ? '-' : '';
  const magnitude = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (magnitude === 0n) return '0s';
  if (magnitude < 1000n) return `${sign}${magnitude}ns`;
  if (magnitude < 1_000_000n) return `${sign}${withFraction(magnitude, 3)}µs`;
  if (magnitude < NANOSECONDS_PER_SECOND) return `${sign}${withFraction(magnitude, 6)}ms`;
  const minutes = magnitude / (60n * NANOSECONDS_PER_SECOND);
  const seconds = `${withFraction(magnitude % (60n * NANOSECONDS_PER_SECOND), 9)}s`;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  return hours === 0n ? `${sign}${minutes}m${seconds}` : `${sign}${hours}h${minutes % 60n}m${seconds}`;
}

function withFraction(integer: bigint, places: number): string {
  const digits = String(integer).padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}
