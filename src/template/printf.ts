/** Go's Sprintf: the format string with its flags, widths, precisions and argument numbers, and its complaints. */
import { Printer } from './print.ts';
import type { Format } from './scalar-format.ts';
import { integerOf, typeName, type Value } from './value.ts';

/** Go takes no wider width and no longer precision. */
const LARGEST_NUMBER = 1_000_000;

/** Throws ValueError if the text grows too long; wrong formats are complained about inside the text, as in Go. */
export function sprintf(format: string, values: readonly Value[]): string {
  return new Formatter(format, values).run();
}

class Formatter {
  readonly #format: string;
  readonly #values: readonly Value[];
  readonly #printer = new Printer();
  #position = 0;
  /** The next argument. */
  #index = 0;
  #isReordered = false;
  /** Whether the present directive's argument number is one there is. */
  #isGoodNumber = true;
  /** Whether an argument number has just been read. */
  #isAfterNumber = false;

  constructor(format: string, values: readonly Value[]) {
    this.#format = format;
    this.#values = values;
  }

  run(): string {
    while (this.#position < this.#format.length) {
      const directive = this.#format.indexOf('%', this.#position);
      const end = directive < 0 ? this.#format.length : directive;
      this.#printer.write(this.#format.slice(this.#position, end));
      this.#position = end + 1;
      if (directive >= 0) this.#directive();
    }
    this.#complainAboutExtra();
    return this.#printer.text;
  }

  #directive(): void {
    const format = this.#flags();
    this.#isGoodNumber = true;
    this.#isAfterNumber = false;
    this.#argumentNumber();
    this.#width(format);
    this.#precision(format);
    if (!this.#isAfterNumber) this.#argumentNumber();
    const verb = String.fromCodePoint(this.#format.codePointAt(this.#position) ?? 0);
    if (this.#position >= this.#format.length) this.#printer.write('%!(NOVERB)');
    else if (verb === '%') this.#printer.write('%');
    else if (!this.#isGoodNumber) this.#printer.write(`%!${verb}(BADINDEX)`);
    else if (this.#index >= this.#values.length) this.#printer.write(`%!${verb}(MISSING)`);
    else this.#argument({ ...format, verb });
    this.#position += verb.length;
  }

  #argument(format: Format): void {
    if (format.verb === 'v' || format.verb === 'w') {
      // These two flags mean something else to %v.
      format.sharpV = format.sharp === true;
      format.plusV = format.plus === true;
      format.sharp = false;
      format.plus = false;
    }
    this.#printer.argument(this.#values[this.#index++], format);
  }

  #flags(): Format {
    const format: Format = { verb: '' };
    for (; ; this.#position++) {
      switch (this.#format[this.#position]) {
        case '#':
          format.sharp = true;
          break;
        case '0':
          format.zero = true;
          break;
        case '+':
          format.plus = true;
          break;
        case '-':
          format.minus = true;
          break;
        case ' ':
          format.space = true;
          break;
        default:
          return format;
      }
    }
  }

  /** `[2]`: the argument to take next, from 1. */
  #argumentNumber(): void {
    this.#isAfterNumber = false;
    if (this.#format[this.#position] !== '[') return;
    this.#isReordered = true;
    const close = this.#format.indexOf(']', this.#position);
    const digits = close < 0 ? '' : this.#format.slice(this.#position + 1, close);
    const isNumber = /^\d{1,7}$/.test(digits);
    const index = Number(digits) - 1;
    this.#position = close < 0 ? this.#position + 1 : close + 1;
    this.#isAfterNumber = isNumber;
    if (isNumber && index >= 0 && index < this.#values.length) this.#index = index;
    else this.#isGoodNumber = false;
  }

  #width(format: Format): void {
    if (this.#format[this.#position] === '*') {
      this.#position++;
      const width = this.#numberFromArgument();
      if (width === undefined) this.#printer.write('%!(BADWIDTH)');
      else {
        format.width = Math.abs(width);
        if (width < 0) {
          format.minus = true;
          format.zero = false;
        }
      }
      this.#isAfterNumber = false;
      return;
    }
    const width = this.#number();
    if (width === undefined) return;
    format.width = width;
    if (this.#isAfterNumber) this.#isGoodNumber = false;
  }

  #precision(format: Format): void {
    if (this.#format[this.#position] !== '.' || this.#position + 1 >= this.#format.length) return;
    this.#position++;
    if (this.#isAfterNumber) this.#isGoodNumber = false;
    this.#argumentNumber();
    if (this.#format[this.#position] !== '*') {
      format.precision = this.#number() ?? 0;
      return;
    }
    this.#position++;
    const precision = this.#numberFromArgument();
    if (precision === undefined || precision < 0) this.#printer.write('%!(BADPREC)');
    else format.precision = precision;
    this.#isAfterNumber = false;
  }

  #number(): number | undefined {
    let end = this.#position;
    while (/\d/.test(this.#format.charAt(end))) end++;
    if (end === this.#position) return undefined;
    const number = Number(this.#format.slice(this.#position, end));
    // Go looks before it takes the next digit, and gives up on the whole format when there are too many.
    const isTooLarge = Math.trunc(number / 10) > LARGEST_NUMBER;
    this.#position = isTooLarge ? this.#format.length : end;
    return isTooLarge ? undefined : number;
  }

  #numberFromArgument(): number | undefined {
    if (this.#index >= this.#values.length) return undefined;
    const integer = integerOf(this.#values[this.#index++]);
    const number = integer === undefined ? undefined : Number(integer);
    return number !== undefined && Math.abs(number) <= LARGEST_NUMBER ? number : undefined;
  }

  #complainAboutExtra(): void {
    if (this.#isReordered || this.#index >= this.#values.length) return;
    this.#printer.write('%!(EXTRA ');
    this.#values.slice(this.#index).forEach((value, index) => {
      if (index > 0) this.#printer.write(', ');
      if (value != null) this.#printer.write(`${typeName(value)}=`);
      this.#printer.argument(value, { verb: 'v' });
    });
    this.#printer.write(')');
  }
}
