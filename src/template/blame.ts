/** The error of a template that was parsed, but cannot be rendered. */
import type { Definition, Span } from './node.ts';
import { TemplateError, ValueError } from './template-error.ts';

/** Says of one definition where in it something cannot be rendered. */
export class Blame {
  readonly #definition: Definition;

  constructor(definition: Definition) {
    this.#definition = definition;
  }

  /** As it stands in the template. */
  sourceOf({ start, end }: Span): string {
    return this.#definition.source.text.slice(start, end);
  }

  /** Throws in Go's form: place, name of the template, the piece of it, what is wrong. */
  fail(at: Span, message: string, cause?: Error): never {
    const { name, source } = this.#definition;
    const said = `executing ${JSON.stringify(name)} at <${this.sourceOf(at)}>: ${message}`;
    throw new TemplateError(said, { source, offset: at.start, cause });
  }

  /** Gives what a value refuses its place; `doing` goes before what it says. */
  guard<T>(at: Span, body: () => T, doing = ''): T {
    try {
      return body();
    } catch (cause) {
      if (!(cause instanceof ValueError)) throw cause;
      return this.fail(at, doing + cause.message, cause);
    }
  }
}
