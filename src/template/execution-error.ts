/** The error of a template that was parsed, but cannot be rendered. */
import type { Definition, Span } from './node.ts';
import { TemplateError } from './template-error.ts';

/** In Go's form: place, name of the template, the piece of it, what is wrong. */
export function executionError(definition: Definition, at: Span, message: string, cause?: Error): TemplateError {
  const { name, source } = definition;
  const piece = source.text.slice(at.start, at.end);
  const said = `executing ${JSON.stringify(name)} at <${piece}>: ${message}`;
  return new TemplateError(source, at.start, said, cause === undefined ? undefined : { cause });
}
