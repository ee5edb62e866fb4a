/** How Go's fmt prints values of every kind: what an action prints, `print`, `println`, and printf's single arguments. */
import { TextBuilder } from './budget.ts';
import { type Format, formatScalar, formatText, pad } from './scalar-format.ts';
import { ValueError } from './template-error.ts';
import {
  ANYTHING,
  kindOf,
  ListValue,
  MapValue,
  StructValue,
  TypedValue,
  textOf,
  typeName,
  type Value,
} from './value.ts';

/** Lists inside one another; a recursion without a bound would overflow the stack. */
const MAX_NESTING = 100;

/** What `{{ value }}` prints. Throws ValueError if it grows too long. */
export function display(value: Value): string {
  if (value == null) return '<no value>';
  const text = textOf(value);
  if (text !== undefined) return text;
  // A pointer prints as what it points to.
  if (value instanceof StructValue && value.kind === 'pointer') return print([pointee(value)]);
  return print([value]);
}

/** Go's Sprint: a space between two values neither of which is text. Throws ValueError if it grows too long. */
export function print(values: readonly Value[]): string {
  const printer = new Printer();
  values.forEach((value, index) => {
    if (index > 0 && !isText(value) && !isText(values[index - 1])) printer.write(' ');
    printer.argument(value, { verb: 'v' });
  });
  return printer.text;
}

/** Go's Sprintln: spaces between all values and a newline at the end. Throws ValueError if it grows too long. */
export function printLine(values: readonly Value[]): string {
  const printer = new Printer();
  values.forEach((value, index) => {
    if (index > 0) printer.write(' ');
    printer.argument(value, { verb: 'v' });
  });
  printer.write('\n');
  return printer.text;
}

function isText(value: Value): boolean {
  return kindOf(value) === 'string';
}

function pointee(pointer: StructValue): StructValue {
  return new StructValue(pointer.typeName.slice(1), pointer.fields, pointer.jsonNames);
}

/** Prints single values into one text. Its methods throw ValueError when the text grows too long. */
export class Printer {
  readonly #builder = new TextBuilder();
  /** While saying that a verb is wrong, values print plainly: their own words could be as wrong again. */
  #isComplaining = false;

  get text(): string {
    return this.#builder.text;
  }

  write(text: string): void {
    this.#builder.append(text);
  }

  /** One value by one directive. A verb that does not fit is complained about in the text, as in Go. */
  argument(value: Value, format: Format): void {
    const isAboutType = format.verb === 'T';
    if (value == null && (isAboutType || format.verb === 'v')) this.write(pad('<nil>', format));
    else if (isAboutType) this.write(formatText(typeName(value), { ...format, verb: 's' }) ?? '');
    else this.#value(value, format, 0);
  }

  #value(value: Value, format: Format, depth: number): void {
    if (depth > MAX_NESTING) throw new ValueError(`a value nested deeper than ${MAX_NESTING} levels cannot be printed`);
    const text =
      (value instanceof TypedValue && !this.#isComplaining ? formatByItself(value, format) : undefined) ??
      formatScalar(value, format);
    if (text !== undefined) this.write(text);
    else if (value == null && depth > 0) this.write(format.sharpV ? `${ANYTHING}(nil)` : '<nil>');
    else if (value instanceof ListValue) this.#list(value, format, depth);
    else if (value instanceof MapValue) this.#map(value, format, depth);
    else if (value instanceof StructValue) this.#struct(value, format, depth);
    else if (this.#isComplaining && value instanceof TypedValue) this.write(value.stringer() ?? '');
    else this.#complain(value, format);
  }

  #list(list: ListValue, format: Format, depth: number): void {
    this.write(format.sharpV ? `${list.typeName}{` : '[');
    list.elements.forEach((element, index) => {
      if (index > 0) this.write(format.sharpV ? ', ' : ' ');
      this.#value(element, format, depth + 1);
    });
    this.write(format.sharpV ? '}' : ']');
  }

  #map(map: MapValue, format: Format, depth: number): void {
    this.write(format.sharpV ? `${map.typeName}{` : 'map[');
    let separator = '';
    for (const [key, value] of map.entries) {
      this.write(separator);
      this.#value(key, format, depth + 1);
      this.write(':');
      this.#value(value, format, depth + 1);
      separator = format.sharpV ? ', ' : ' ';
    }
    this.write(format.sharpV ? '}' : ']');
  }

  #struct(struct: StructValue, format: Format, depth: number): void {
    if (struct.kind === 'pointer') this.write('&');
    const name = struct.kind === 'pointer' ? struct.typeName.slice(1) : struct.typeName;
    this.write(format.sharpV ? `${name}{` : '{');
    let separator = '';
    for (const [field, value] of struct.fields) {
      this.write(separator);
      if (format.plusV || format.sharpV) this.write(`${field}:`);
      this.#value(value, format, depth + 1);
      separator = format.sharpV ? ', ' : ' ';
    }
    this.write('}');
  }

  #complain(value: Value, format: Format): void {
    this.write(`%!${format.verb}(`);
    if (value == null) this.write('<nil>');
    else {
      this.write(`${typeName(value)}=`);
      const isNested = this.#isComplaining;
      this.#isComplaining = true;
      this.#value(value, { ...format, verb: 'v' }, 0);
      this.#isComplaining = isNested;
    }
    this.write(')');
  }
}

/** By the value's own type: its `String()` like any text, or for `%#v` its `GoString()`. */
function formatByItself(value: TypedValue, format: Format): string | undefined {
  if (!format.sharpV && !'vsxXq'.includes(format.verb)) return undefined;
  const text = format.sharpV ? value.goStringer() : value.stringer();
  return text === undefined ? undefined : formatText(text, format.sharpV ? { ...format, verb: 's' } : format);
}
