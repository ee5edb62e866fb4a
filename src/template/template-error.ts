/** What goes wrong with a template: where it stands, and the words for it. Messages have the form of Go's text/template. */

/** A text and the name errors give it: a file's name, or '' for a text that stands in the configuration. */
export interface TemplateSource {
  readonly name: string;
  readonly text: string;
}

/** Where a template is wrong, and what found it out if that was another error. */
export interface Place {
  readonly source: TemplateSource;
  /** In the source's text. */
  readonly offset: number;
  readonly cause?: Error | undefined;
}

/** A template that cannot be parsed or rendered. The message names template, line and column and says what to do. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  /** The file's name; '' for a text that stands in the configuration. */
  readonly template: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;

  constructor(message: string, { source, offset, cause }: Place) {
    const { line, column } = locate(source.text, offset);
    super(`template: ${source.name}:${line}:${column}: ${message}`, cause === undefined ? undefined : { cause });
    this.template = source.name;
    this.line = line;
    this.column = column;
  }
}

/** What a function or a value refuses to do; the evaluator adds the place and makes a {@link TemplateError} of it. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

function locate(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let index = before.indexOf('\n'); index >= 0; index = before.indexOf('\n', index + 1)) line++;
  return { line, column: offset - lineStart + 1 };
}
