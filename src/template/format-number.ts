/** Integers and floats as Go's fmt and strconv write them, digit for digit; halves are rounded to even. */

/** Beyond this many digits a float64 has none but zeros. */
const LONGEST_EXPANSION = 1100;

/** The decimal digits of a finite, non-negative number: 0.`digits` × 10^`point`. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/**
 * One of Go's verbs e, E, f, F, g, G, x, X, b; a precision of undefined takes the shortest digits that read back as the same
 * number. No sign for positive numbers but `+Inf`.
 */
export function formatFloat(value: number, verb: string, precision: number | undefined): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  const exponentMark = verb === 'E' || verb === 'G' ? 'E' : 'e';
  if (verb === 'b') return sign + formatBinary(magnitude);
  if (verb === 'x') return sign + formatHexadecimal(magnitude, precision);
  if (verb === 'X') return sign + formatHexadecimal(magnitude, precision).toUpperCase();
  if (verb === 'f' || verb === 'F') return sign + formatFixed(magnitude, precision);
  if (verb === 'e' || verb === 'E') {
    const decimal = precision === undefined ? shortest(magnitude) : rounded(exact(magnitude), precision + 1);
    return sign + formatExponent(decimal, precision ?? Math.max(0, decimal.digits.length - 1), exponentMark);
  }
  return sign + formatGeneral(magnitude, precision, exponentMark);
}

function formatFixed(magnitude: number, precision: number | undefined): string {
  let decimal = shortest(magnitude);
  if (precision !== undefined) {
    decimal = exact(magnitude);
    decimal = rounded(decimal, decimal.point + precision);
  }
  const places = precision ?? Math.max(0, decimal.digits.length - decimal.point);
  const padded = decimal.point <= 0 ? '0'.repeat(1 - decimal.point) + decimal.digits : decimal.digits;
  const wholeLength = Math.max(1, decimal.point);
  const whole = padded.slice(0, wholeLength).padEnd(wholeLength, '0');
  if (places === 0) return whole;
  return `${whole}.${padded.slice(wholeLength, wholeLength + places).padEnd(places, '0')}`;
}

function formatExponent(decimal: Decimal, places: number, mark: string): string {
  const exponent = decimal.digits === '' ? 0 : decimal.point - 1;
  const fraction = decimal.digits.slice(1, 1 + places).padEnd(places, '0');
  const head = (decimal.digits[0] ?? '0') + (places > 0 ? `.${fraction}` : '');
  return `${head}${mark}${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** Like f for numbers of middling size, like e for others; never with trailing zeros. */
function formatGeneral(magnitude: number, precision: number | undefined, mark: string): string {
  const wanted = precision === 0 ? 1 : precision;
  const decimal = wanted === undefined ? shortest(magnitude) : rounded(exact(magnitude), wanted);
  const { digits, point } = decimal;
  // Go decides by a precision of six where the shortest digits are taken.
  let largest = wanted ?? 6;
  if (wanted !== undefined && largest > digits.length && digits.length >= point) largest = digits.length;
  const exponent = digits === '' ? -1 : point - 1;
  if (exponent < -4 || exponent >= largest) {
    return formatExponent(decimal, Math.max(0, digits.length - 1), mark);
  }
  if (digits === '') return '0';
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (digits.length <= point) return digits.padEnd(point, '0');
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

function shortest(magnitude: number): Decimal {
  const [mantissa = '0', exponent = '0'] = magnitude.toExponential().split('e');
  return { digits: withoutTrailingZeros(mantissa.replace('.', '')), point: Number(exponent) + 1 };
}

/** As stored: `mantissa` × 2^`exponent`. */
function binaryParts(magnitude: number): { mantissa: bigint; exponent: number } {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, magnitude);
  const raw = bits.getBigUint64(0);
  const exponentBits = Number(raw >> 52n) & 0x7ff;
  const fraction = raw & 0xfffffffffffffn;
  const mantissa = exponentBits === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa, exponent: Math.max(exponentBits, 1) - 1075 };
}

/** `4503599627370496p-52` */
function formatBinary(magnitude: number): string {
  const { mantissa, exponent } = binaryParts(magnitude);
  return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
}

/** `0x1.8p+01`: the mantissa from 1 to below 2. */
function formatHexadecimal(magnitude: number, precision: number | undefined): string {
  let { mantissa, exponent } = binaryParts(magnitude);
  const shift = mantissa === 0n ? 0 : 53 - mantissa.toString(2).length;
  mantissa <<= BigInt(shift);
  exponent = mantissa === 0n ? 0 : exponent - shift + 52;
  if (precision !== undefined && precision < 13) {
    const unit = 1n << BigInt(52 - 4 * precision);
    const rest = mantissa % unit;
    mantissa -= rest;
    if (rest * 2n > unit || (rest * 2n === unit && (mantissa / unit) % 2n === 1n)) mantissa += unit;
    if (mantissa >> 53n > 0n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const digits = (mantissa & 0xfffffffffffffn).toString(16).padStart(13, '0');
  const fraction =
    precision === undefined ? withoutTrailingZeros(digits) : digits.slice(0, precision).padEnd(precision, '0');
  const head = `0x${mantissa >> 52n}${fraction === '' ? '' : `.${fraction}`}`;
  return `${head}p${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** Every digit of the binary fraction: m × 2^-k = m × 5^k ÷ 10^k. */
function exact(magnitude: number): Decimal {
  const { mantissa, exponent } = binaryParts(magnitude);
  const digits = String(exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent));
  return { digits: withoutTrailingZeros(digits), point: digits.length + Math.min(0, exponent) };
}

/** To `count` digits, which may be none or less. */
function rounded(decimal: Decimal, count: number): Decimal {
  const { digits, point } = decimal;
  if (count >= digits.length || digits === '' || count > LONGEST_EXPANSION) return decimal;
  if (count < 0) return { digits: '', point: 0 };
  const kept = digits.slice(0, count);
  const dropped = digits.slice(count);
  const isHalf = dropped === '5';
  const isOdd = count > 0 && Number(kept.at(-1)) % 2 === 1;
  const up = isHalf ? isOdd : dropped >= '5';
  if (!up) return { digits: withoutTrailingZeros(kept), point: kept === '' ? 0 : point };
  const raised = String(BigInt(kept === '' ? '0' : kept) + 1n).padStart(count, '0');
  return { digits: withoutTrailingZeros(raised), point: point + raised.length - count };
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}
