/**
 * The templates of a configuration, ready to render. Parsed once, shared by all renderings; a rendering is a pure function
 * of its text and its notification.
 */
import type { Labels } from '../model/labels.ts';
import type { Notification } from '../model/notification.ts';
import { Budget, TextBuilder } from './budget.ts';
import { BUILT_IN_TEMPLATES } from './built-in-templates.ts';
import { evaluate, type Output } from './evaluator.ts';
import { FUNCTION_NAMES } from './functions.ts';
import { HtmlOutput } from './html-output.ts';
import type { Definition } from './node.ts';
import { notificationValue } from './notification-value.ts';
import { isEmpty, type ParsedText, parseText } from './parser.ts';
import { display } from './print.ts';
import { Patterns } from './regex-functions.ts';
import { type RenderedRouteLabels, RouteLabelResolver } from './route-labels.ts';
import type { TemplateSource } from './template-error.ts';

/** Texts come from the configuration, so there are as many as it has templated fields; the oldest unused goes. */
const REMEMBERED_TEXTS = 1000;

/**
 * Parses template files in order; a later definition replaces an earlier one of the same name. A file is also a template
 * by itself, named like the file without its directories. Throws TemplateError at the first mistake.
 */
export function parseTemplates(files: readonly TemplateSource[]): TemplateSet {
  const definitions = new Map<string, Definition>();
  for (const file of files) {
    const { root, definitions: found } = parseText(file, FUNCTION_NAMES);
    const fileName = file.name.slice(file.name.lastIndexOf('/') + 1);
    for (const definition of [...found.values(), { ...root, name: fileName }]) {
      // A file of definitions says nothing by itself, and must not silence what another one of its name says.
      if (!isEmpty(definition.body) || !definitions.has(definition.name)) definitions.set(definition.name, definition);
    }
  }
  return new TemplateSet(definitions);
}

const BUILT_IN: ReadonlyMap<string, Definition> = parseText(BUILT_IN_TEMPLATES, FUNCTION_NAMES).definitions;

/** What one rendering is about, and what its parts share. */
interface Rendering {
  readonly notification: Notification;
  readonly budget: Budget;
  readonly routeLabel: (name: string) => string;
  /** As text if left out. */
  readonly output?: RenderedOutput;
}

type RenderedOutput = Output & { readonly rendered: string };

export class TemplateSet {
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #parsed = new Map<string, ParsedText>();

  /** Made by {@link parseTemplates}. */
  constructor(definitions: ReadonlyMap<string, Definition>) {
    this.#definitions = definitions;
  }

  /** The names of the template files' own templates; `{{template}}` can call those that are built in, too. */
  get templateNames(): readonly string[] {
    return [...this.#definitions.keys()];
  }

  /**
   * Checks a text without rendering it. Throws TemplateError if it cannot be parsed. Templates that it calls and nobody
   * defines fail only when a rendering gets there, so they are given back to be warned about.
   */
  compile(text: string): { readonly missingTemplates: readonly string[] } {
    const { definitions, calledTemplates } = this.#parse(text);
    const missingTemplates = [...calledTemplates].filter(
      (name) => !definitions.has(name) && !this.#definitions.has(name) && !BUILT_IN.has(name),
    );
    return { missingTemplates };
  }

  /** The text with its templates filled in. Throws TemplateError, and never anything else. */
  render(text: string, notification: Notification): string {
    return this.#render(text, renderingOf(notification));
  }

  /**
   * The same for a text that is HTML: values are escaped for the place they stand in; see {@link HtmlOutput}. Throws
   * TemplateError, and never anything else.
   */
  renderHtml(text: string, notification: Notification): string {
    return this.#render(text, { ...renderingOf(notification), output: new HtmlOutput() });
  }

  /**
   * The labels of a route for one flush. In them `.RouteLabels` holds the texts as configured, and the reason is not known
   * yet, as in Alertmanager.
   */
  renderRouteLabels(labels: Labels, notification: Notification): RenderedRouteLabels {
    const raw: Notification = { ...notification, routeLabels: labels, reason: 'unknown' };
    const resolver: RouteLabelResolver = new RouteLabelResolver(labels, (text, budget) =>
      this.#render(text, { notification: raw, budget, routeLabel: (name) => resolver.resolve(name) }),
    );
    return resolver.resolveAll();
  }

  #render(text: string, { notification, budget, routeLabel, output = new TextOutput() }: Rendering): string {
    // Most texts are plain ones.
    if (!text.includes('{{')) return text;
    const { root, definitions } = this.#parse(text);
    evaluate(root, notificationValue(notification), {
      context: { nowMs: notification.nowMs, budget, patterns: new Patterns(budget), routeLabel },
      lookup: (name) => this.#lookup(name, definitions),
      output,
    });
    return output.rendered;
  }

  /** What the text itself defines comes first, and is gone after it. */
  #lookup(name: string, local: ReadonlyMap<string, Definition>): Definition | undefined {
    const definition = local.get(name);
    const shared = this.#definitions.get(name) ?? BUILT_IN.get(name);
    return definition === undefined || (shared !== undefined && isEmpty(definition.body)) ? shared : definition;
  }

  #parse(text: string): ParsedText {
    const known = this.#parsed.get(text);
    const parsed = known ?? parseText({ name: '', text }, FUNCTION_NAMES);
    // Set anew, it is the youngest.
    this.#parsed.delete(text);
    this.#parsed.set(text, parsed);
    if (this.#parsed.size > REMEMBERED_TEXTS) this.#parsed.delete(this.#parsed.keys().next().value ?? '');
    return parsed;
  }
}

function renderingOf(notification: Notification): Rendering {
  const { routeLabels } = notification;
  return {
    notification,
    budget: new Budget(),
    routeLabel: (name) => (Object.hasOwn(routeLabels, name) ? (routeLabels[name] ?? '') : ''),
  };
}

class TextOutput implements RenderedOutput {
  readonly #builder = new TextBuilder();

  get rendered(): string {
    return this.#builder.text;
  }

  text(text: string): void {
    this.#builder.append(text);
  }

  value(value: Parameters<Output['value']>[0]): void {
    this.#builder.append(display(value));
  }
}
