/** Go's integers that print as a word: `time.Month` and `time.Weekday`. */
import { type Callable, callable } from './callable.ts';
import { IntegerValue } from './value.ts';

export class NamedInteger extends IntegerValue {
  readonly #name: string;

  constructor(typeName: string, integer: bigint, name: string) {
    super(typeName, integer);
    this.#name = name;
  }

  override stringer(): string {
    return this.#name;
  }

  override method(name: string): Callable | undefined {
    return name === 'String' ? callable([], () => this.#name) : undefined;
  }
}
